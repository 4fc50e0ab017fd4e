"""The catalogue, and orders on their way. One service per view."""

from __future__ import annotations

import secrets
from typing import Any

from config.kernel import api
from members import errors as members_errors
from members import selectors as members_selectors
from members.programmes import selectors as programmes_selectors
from points import services as points_services
from points.mall import errors, selectors, services
from points.mall.api import contracts, finding, showing
from points.mall.api.errors import UnknownMemberError
from points.mall.types import Delivery, ItemKind, Order

_STATE = [errors.OrderNotFoundError, errors.WrongStateError]


@api.operation(
    scope="points:read",
    query=contracts.ItemsQuery,
    answer=api.Page[contracts.MallItemOut],
    tag="Mall",
    summary="What points buy",
    errors=[UnknownMemberError],
)
def list_items(call: api.Call) -> api.Page[contracts.MallItemOut]:
    """Published items by their place. With `member`, each tells why this member cannot have it."""
    query: contracts.ItemsQuery = call.query
    listed = f"mall:{call.caller.programme_id}:{query.kind}"
    after = api.cursor.decode(query.cursor, of=listed) if query.cursor else None
    items = selectors.list_items(
        programme_id=call.caller.programme_id,
        at=call.now,
        kind=ItemKind(query.kind) if query.kind else None,
        after=(after[0], after[1]) if after else None,
        limit=query.limit + 1,
    )
    more, items = len(items) > query.limit, items[: query.limit]
    return api.Page(
        items=_shown(call, items, query.member),
        next_cursor=api.cursor.encode(of=listed, after=[items[-1].sort, items[-1].id])
        if more
        else None,
    )


@api.operation(
    scope="points:read",
    query=contracts.ItemQuery,
    answer=contracts.MallItemOut,
    tag="Mall",
    summary="One thing that points buy",
    errors=[errors.ItemNotFoundError, UnknownMemberError],
)
def get_item(call: api.Call, item: str) -> contracts.MallItemOut:
    """Return an item, ended ones too. With `member`, why this member cannot have it."""
    return _shown(call, [finding.item(call, item)], call.query.member)[0]


def _shown(call: api.Call, items: list[Any], member: str | None) -> list[contracts.MallItemOut]:
    if member is None:
        stores = selectors.list_store_stock(item_ids=[item.id for item in items if item.collects])
        return [showing.item(item, stores=stores.get(item.id, ())) for item in items]
    member_id = finding.member(call, member)
    offers = selectors.list_offers(items=items, member_id=member_id, at=call.now)
    return [showing.item(offer.item, stores=offer.stores, offer=offer) for offer in offers]


@api.operation(
    scope="points:write",
    body=contracts.MallOrderIn,
    answer=contracts.MallOrderOut,
    status=201,
    tag="Mall",
    summary="Order an item for a member",
    errors=[
        UnknownMemberError,
        errors.UnknownItemError,
        errors.UnknownStoreError,
        errors.NotOnSaleError,
        errors.SoldOutError,
        errors.MemberLimitError,
        errors.TierRequiredError,
        errors.PriceChangedError,
        errors.MemberClosedError,
        errors.DeliveryInvalidError,
        errors.AddressInvalidError,
        points_services.InsufficientPointsError,
    ],
    idempotency="stored",
    dry_run=True,
)
def place_order(call: api.Call) -> contracts.MallOrderOut:
    """Points are taken at once; with a cash part they are held until `pay_by`."""
    body: contracts.MallOrderIn = call.body
    placed = services.place_order(
        member_id=finding.member(call, body.member),
        storefront=programmes_selectors.get_storefront(call.caller.storefront_id),
        item_id=finding.item_in_body(call, body.item),
        quantity=body.quantity,
        delivery=Delivery(body.delivery) if body.delivery else None,
        address=finding.address(body.address),
        store_id=finding.store_in_body(call, body.store),
        price_version=body.price_version,
        # The call's own key is remembered with its answer; the order's only has to be new.
        idempotency_key=f"api:{secrets.token_hex(16)}",
        actor=call.caller.actor,
        now=call.now,
    )
    return showing.order(placed.order, call)


@api.operation(
    scope="points:read",
    query=contracts.OrdersQuery,
    answer=api.Page[contracts.MallOrderOut],
    tag="Mall",
    summary="Find the order that a collection code belongs to",
)
def find_orders(call: api.Call) -> api.Page[contracts.MallOrderOut]:
    """One order of the caller's brand, collected already or not, or none."""
    found = selectors.find_by_collect_code(
        code=call.query.collect_code, programme_id=call.caller.programme_id
    )
    mine = found is not None and found.brand_id == call.caller.brand_id
    return api.Page(items=[showing.order(found, call)] if found and mine else [])


@api.operation(
    scope="points:read",
    answer=contracts.MallOrderOut,
    tag="Mall",
    summary="Read an order in the mall",
    errors=[errors.OrderNotFoundError],
)
def get_order(call: api.Call, order: str) -> contracts.MallOrderOut:
    """Return an order of the caller's brand; its address is masked without members:pii."""
    return showing.order(finding.order(call, order), call)


@api.operation(
    scope="points:read",
    query=api.Paged,
    answer=api.Page[contracts.MallOrderOut],
    tag="Mall",
    summary="A member's orders in the mall, newest first",
    errors=[members_errors.MemberNotFoundError],
)
def list_orders(call: api.Call, member: str) -> api.Page[contracts.MallOrderOut]:
    """Return the member's orders at the caller's brand."""
    member_id = members_selectors.resolve(public_id=member, programme_id=call.caller.programme_id)
    listed = f"mall-orders:{member_id}:{call.caller.brand_id}"
    page = selectors.list_orders(
        member_ids=members_selectors.ids_of(member_id),
        programme_id=call.caller.programme_id,
        brand_id=call.caller.brand_id,
        before=api.cursor.decode(call.query.cursor, of=listed)[0] if call.query.cursor else None,
        limit=call.query.limit,
    )
    return api.Page(
        items=[showing.order(order, call) for order in page.orders],
        next_cursor=api.cursor.encode(of=listed, after=[page.before]) if page.before else None,
    )


def _named(found: Order, call: api.Call) -> dict[str, Any]:
    """Return what every change of an order is told."""
    return {
        "member_id": found.member_id,
        "order_id": found.id,
        "programme_id": call.caller.programme_id,
        "actor": call.caller.actor,
        "now": call.now,
    }


@api.operation(
    scope="points:write",
    body=contracts.PayIn,
    answer=contracts.MallOrderOut,
    tag="Mall",
    summary="Pay the cash part of an order",
    errors=[
        *_STATE,
        errors.PaymentExpiredError,
        errors.AlreadyPaidError,
        errors.UnknownPaymentError,
        points_services.InsufficientPointsError,
    ],
    idempotency="stored",
    dry_run=True,
)
def pay(call: api.Call, order: str) -> contracts.MallOrderOut:
    """The points that were held are spent, and the order goes its way."""
    named = _named(finding.order(call, order), call)
    paid = services.pay_order(**named, method=call.body.method, reference=call.body.reference)
    return showing.order(paid, call)


@api.operation(
    scope="points:write",
    body=contracts.CancelIn,
    answer=contracts.MallOrderOut,
    tag="Mall",
    summary="Cancel an order that has not left",
    errors=_STATE,
    idempotency="stored",
    dry_run=True,
    body_required=False,
)
def cancel(call: api.Call, order: str) -> contracts.MallOrderOut:
    """Points go back to their lots and the pieces to stock, once."""
    named = _named(finding.order(call, order), call)
    return showing.order(services.cancel_order(**named, why="shop", reason=call.body.reason), call)


@api.operation(
    scope="points:adjust",
    body=contracts.RefundIn,
    answer=contracts.MallOrderOut,
    tag="Mall",
    summary="Refund an order that was sent, collected or given out",
    errors=[*_STATE, errors.TicketsUsedError],
    idempotency="stored",
    dry_run=True,
)
def refund(call: api.Call, order: str) -> contracts.MallOrderOut:
    """Points go back to their lots; pieces to stock where `restock` says so."""
    named = _named(finding.order(call, order), call)
    refunded = services.refund_order(**named, restock=call.body.restock, reason=call.body.reason)
    return showing.order(refunded, call)


@api.operation(
    scope="points:write",
    body=contracts.ShipIn,
    answer=contracts.MallOrderOut,
    tag="Mall",
    summary="Send a parcel",
    errors=[*_STATE, errors.DeliveryInvalidError],
    idempotency="stored",
    dry_run=True,
)
def ship(call: api.Call, order: str) -> contracts.MallOrderOut:
    """Told again with another number, the number is put right."""
    named = _named(finding.order(call, order), call)
    sent = services.ship_order(**named, carrier=call.body.carrier, tracking=call.body.tracking)
    return showing.order(sent, call)


@api.operation(
    scope="points:write",
    body=contracts.CollectIn,
    answer=contracts.MallOrderOut,
    tag="Mall",
    summary="Hand an order over in a store",
    errors=[
        *_STATE,
        errors.CollectCodeError,
        errors.CollectedAlreadyError,
        errors.UnknownStoreError,
    ],
    idempotency="stored",
    dry_run=True,
)
def collect(call: api.Call, order: str) -> contracts.MallOrderOut:
    """The code works once; `GET /mall/orders?collect_code=` tells which order it belongs to."""
    named = _named(finding.order(call, order), call)
    store_id = finding.store_in_body(call, call.body.store)
    return showing.order(
        services.collect_order(**named, code=call.body.code, store_id=store_id), call
    )


@api.operation(
    scope="points:write",
    body=contracts.UndoIn,
    answer=contracts.MallOrderOut,
    tag="Mall",
    summary="Take a collection back that was a slip",
    errors=[*_STATE, errors.UndoTooLateError],
    idempotency="stored",
    dry_run=True,
)
def uncollect(call: api.Call, order: str) -> contracts.MallOrderOut:
    """Within the programme's time; the code works again."""
    named = _named(finding.order(call, order), call)
    return showing.order(services.undo_collection(**named, reason=call.body.reason), call)
