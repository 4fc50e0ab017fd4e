"""Turn request bodies into documents."""

from __future__ import annotations

from config.kernel import ids
from config.kernel.errors import NotFoundError
from loyalty.settlement import services as settlement_services
from loyalty.settlement.api.contracts import EventIn, OrderIn
from members import selectors as member_selectors
from members.commerce.types import (
    EventReport,
    LineReport,
    OrderReport,
    RefundLineReport,
    Stage,
)


def read_order(body: OrderIn, member_id: int | None) -> OrderReport:
    """Return the order that a body reports.

    Raises:
        UnknownMemberError: the member it names is not known.
        UnknownReservationError, UnknownCouponError, UnknownQuoteError: it names what is not there.
    """
    if member_id is None:
        raise settlement_services.UnknownMemberError(f"there is no member {body.member[:40]}")
    # No coupon or quote has been given out yet, so whatever is named here is unknown.
    if body.coupons:
        raise settlement_services.UnknownCouponError
    if body.quote is not None:
        raise settlement_services.UnknownQuoteError
    return OrderReport(
        external_no=body.external_no,
        member_id=member_id,
        placed_at=body.placed_at,
        currency=body.currency,
        lines=tuple(
            LineReport(
                line_no=line.line_no,
                sku=line.sku,
                name=line.name or "",
                category=line.category or "",
                brand=line.brand or "",
                quantity=line.quantity,
                unit_price=line.unit_price,
                discount=line.discount,
            )
            for line in body.lines
        ),
        status=Stage(body.status),
        paid_at=body.paid_at,
        completed_at=body.completed_at,
        shipping=body.shipping,
        reservation_id=_reservation_id(body.reservation, member_id),
        store=body.store or "",
        attributes=body.attributes,
    )


def read_event(body: EventIn, order_no: str) -> EventReport:
    """Return the event that a body reports."""
    lines = None
    if body.lines is not None:
        lines = tuple(
            RefundLineReport(line_no=line.line_no, quantity=line.quantity, amount=line.amount)
            for line in body.lines
        )
    return EventReport(
        order_no=order_no,
        kind=Stage(body.type),
        occurred_at=body.occurred_at,
        refund_no=body.external_no or "",
        lines=lines,
        shipping=body.shipping,
    )


def _reservation_id(public_id: str | None, member_id: int) -> int | None:
    if public_id is None:
        return None
    try:
        row = ids.decode("res", public_id)
    except NotFoundError:
        raise settlement_services.UnknownReservationError from None
    if row.member_id != member_id and row.member_id not in member_selectors.ids_of(member_id):
        raise settlement_services.UnknownReservationError
    return row.row_id
