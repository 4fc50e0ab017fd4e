"""Orders and their events, one by one or many at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from config.kernel import api
from config.kernel.errors import DomainError
from loyalty.settlement import services as settlement_services
from loyalty.settlement.api import answers, contracts
from loyalty.settlement.api.reading import read_event, read_order
from loyalty.settlement.types import Document, Settled
from members import selectors as member_selectors
from members.commerce import selectors as commerce_selectors
from members.commerce import services as commerce_services
from members.errors import MemberNotFoundError
from members.programmes import selectors as programme_selectors
from points import services as points_services

_CHUNK = 200
_REFUSALS = [
    settlement_services.UnknownMemberError,
    settlement_services.UnknownReservationError,
    settlement_services.UnknownCouponError,
    settlement_services.UnknownQuoteError,
    commerce_services.CurrencyMismatchError,
    commerce_services.InvalidOrderError,
    commerce_services.OrderConflictError,
    points_services.ReservationExpiredError,
    points_services.ReservationClosedError,
]


@api.operation(
    scope="orders:write",
    body=contracts.OrderIn,
    answer=contracts.OrderOut,
    status=201,
    tag="Orders",
    summary="Report an order",
    errors=_REFUSALS,
    idempotency="stored",
    dry_run=True,
)
def report_order(call: api.Call) -> api.Reply:
    """Record an order and give what it earns; again with the same content answers the same."""
    members = member_selectors.resolve_many(
        public_ids=[call.body.member], programme_id=call.caller.programme_id
    )
    settled = _settle_one(call, read_order(call.body, members.get(call.body.member)))
    return api.Reply(
        answers.show_order(settled.order, call.now), status=201 if settled.created else 200
    )


@api.operation(
    scope="orders:write",
    body=contracts.EventIn,
    answer=contracts.SettledOut,
    tag="Orders",
    summary="Report what happened to an order",
    errors=[
        commerce_services.UnknownOrderError,
        commerce_services.InvalidOrderError,
        commerce_services.InvalidRefundError,
        commerce_services.RefundExceedsError,
        commerce_services.RefundConflictError,
        points_services.ReservationExpiredError,
        points_services.ReservationClosedError,
        points_services.InsufficientPointsError,
    ],
    idempotency="stored",
    dry_run=True,
)
def report_event(call: api.Call, external_no: str) -> contracts.SettledOut:
    """Record an event: late, twice or out of order, the end state is the same."""
    settled = _settle_one(call, read_event(call.body, external_no))
    return answers.show_settled(settled.order, settled.effects, call.now)


@api.operation(
    scope="orders:read",
    answer=contracts.OrderOut,
    tag="Orders",
    summary="Read an order",
    errors=[commerce_services.UnknownOrderError],
)
def get_order(call: api.Call, external_no: str) -> contracts.OrderOut:
    """Return an order of the caller's brand by its number."""
    shops = programme_selectors.list_storefronts(call.caller.programme_id)
    order = commerce_selectors.get_order(
        external_no=external_no,
        storefront_id=call.caller.storefront_id,
        sisters=[shop.id for shop in shops if shop.brand_id == call.caller.brand_id],
    )
    return answers.show_order(order, call.now)


@api.operation(
    scope="orders:read",
    query=api.Paged,
    answer=api.Page[contracts.OrderOut],
    tag="Orders",
    summary="List a member's orders",
    errors=[MemberNotFoundError],
)
def list_orders(call: api.Call, member: str) -> api.Page[contracts.OrderOut]:
    """Return the member's orders at the caller's brand, newest first."""
    member_id = member_selectors.resolve(public_id=member, programme_id=call.caller.programme_id)
    of = f"orders:{member_id}:{call.caller.brand_id}"
    page = commerce_selectors.list_orders(
        member_ids=member_selectors.ids_of(member_id),
        brand_id=call.caller.brand_id,
        before=_before(call.query.cursor, of),
        limit=call.query.limit,
    )
    return api.Page(
        items=answers.show_orders(page.orders, call.now),
        next_cursor=page.before and api.cursor.encode(of=of, after=page.before),
    )


@api.operation(
    scope="orders:write",
    body=contracts.OrderIn,
    answer=api.batch.Item,
    status=207,
    tag="Orders",
    summary="Report many orders",
    idempotency="own",
    ndjson=True,
)
def report_orders(call: api.Call) -> api.Reply:
    """Record many orders, one a line; a refused one moves nothing and stops nothing.

    Orders are settled in the order given. The order numbers make it safe to send again.
    """
    lines = api.batch.lines(call, contracts.OrderIn)
    items: list[api.batch.Item] = []
    while chunk := list(islice(lines, _CHUNK)):
        items.extend(_settle_lines(call, chunk))
    return api.Reply(api.batch.ndjson(items), status=207)


def _settle_lines(call: api.Call, lines: list[api.batch.Line]) -> Iterator[api.batch.Item]:
    """Settle the lines that can be read, and answer all of them in their order."""
    members = member_selectors.resolve_many(
        public_ids=[line.body.member for line in lines if line.problem is None],
        programme_id=call.caller.programme_id,
    )
    refused: dict[int, DomainError] = {}
    documents: dict[int, Document] = {}
    for line in lines:
        try:
            if line.problem is not None:
                raise line.problem
            documents[line.index] = read_order(line.body, members.get(line.body.member))
        except DomainError as exc:
            refused[line.index] = exc
    settled = settlement_services.settle(
        documents=list(documents.values()),
        storefront=programme_selectors.get_storefront(call.caller.storefront_id),
        now=call.now,
    )
    answered = dict(zip(documents, settled, strict=True)) | refused
    orders = [answer.order for answer in settled if isinstance(answer, Settled)]
    shown = iter(answers.show_orders(orders, call.now))
    bodies = [next(shown) if isinstance(answer, Settled) else None for answer in settled]
    body_of = dict(zip(documents, bodies, strict=True))
    for line in lines:
        answer = answered[line.index]
        if isinstance(answer, Settled):
            body = body_of[line.index]
            yield api.batch.done(line.index, body, status=201 if answer.created else 200)
        else:
            yield api.batch.refused(line.index, answer, call=call)


def _settle_one(call: api.Call, document: Document) -> Settled:
    [answer] = settlement_services.settle(
        documents=[document],
        storefront=programme_selectors.get_storefront(call.caller.storefront_id),
        now=call.now,
    )
    if isinstance(answer, DomainError):
        raise answer
    return answer


def _before(cursor: str | None, of: str) -> tuple[datetime, int] | None:
    if cursor is None:
        return None
    at, last = api.cursor.decode(cursor, of=of)
    return datetime.fromisoformat(at) if isinstance(at, str) else at, last
