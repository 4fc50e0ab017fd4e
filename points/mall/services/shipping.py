"""Send parcels: one by one, or many by a file with a reason for each line not taken."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from config.kernel.errors import DomainError
from points.mall import models
from points.mall.errors import DeliveryInvalidError
from points.mall.events import MallShipped
from points.mall.services import announcing, locking
from points.mall.services.coding import read_table
from points.mall.types import Order, OrderStatus, Refused, Taken

_HEADINGS = ("number", "order", "订单号")
_LONGEST = {"carrier": 40, "tracking": 60}


@transaction.atomic
def ship_order(
    *,
    member_id: int,
    order_id: int,
    programme_id: int | None = None,
    carrier: str,
    tracking: str,
    actor: str,
    now: datetime,
) -> Order:
    """Write down that a parcel is on its way. The same again changes nothing.

    Raises:
        OrderNotFoundError: there is no such order.
        WrongStateError: it does not wait to be sent.
        DeliveryInvalidError: carrier or tracking number is missing or too long.
    """
    carrier, tracking = carrier.strip(), tracking.strip()
    if not (0 < len(carrier) <= _LONGEST["carrier"] and 0 < len(tracking) <= _LONGEST["tracking"]):
        raise DeliveryInvalidError
    order = locking.lock_order(member_id=member_id, order_id=order_id, programme_id=programme_id)
    if order.status == OrderStatus.SHIPPED:
        if (order.carrier, order.tracking) != (carrier, tracking):
            # A wrong number is put right; the parcel was announced already.
            locking.save(order, now=now, carrier=carrier, tracking=tracking)
        return locking.shown(order)
    locking.require(order, OrderStatus.TO_SHIP)
    locking.save(
        order,
        now=now,
        status=OrderStatus.SHIPPED,
        carrier=carrier,
        tracking=tracking,
        shipped_at=now,
    )
    announcing.publish(MallShipped, order, now=now, carrier=carrier)
    return locking.shown(order)


def ship_many(*, programme_id: int, content: bytes, actor: str, now: datetime) -> Taken:
    """Send what a CSV file says: order number, carrier, tracking number, a line each.

    Lines that are not taken are told by number with a reason: too_few_columns, unknown,
    incomplete, not_waiting. Each line is a transaction of its own, so the file can be sent
    again after it was mended.

    Raises:
        FileRefusedError: it is not a text file, or too large.
    """
    accepted, refused = 0, []
    for line, cells in read_table(content):
        if not any(cells) or (line == 1 and cells[0].lower() in _HEADINGS):
            continue
        why = _ship_line(cells, programme_id=programme_id, actor=actor, now=now)
        if why:
            refused.append(Refused(line=line, reason=why))
        else:
            accepted += 1
    return Taken(accepted=accepted, refused=tuple(refused))


def _ship_line(cells: list[str], *, programme_id: int, actor: str, now: datetime) -> str:
    if len(cells) < 3:
        return "too_few_columns"
    number, carrier, tracking = cells[0], cells[1], cells[2]
    found = models.Order.objects.filter(number=number, programme_id=programme_id)
    place = found.values_list("member_id", "id").first()
    if place is None:
        return "unknown"
    try:
        ship_order(
            member_id=place[0],
            order_id=place[1],
            carrier=carrier,
            tracking=tracking,
            actor=actor,
            now=now,
        )
    except DeliveryInvalidError:
        return "incomplete"
    except DomainError:
        return "not_waiting"
    return ""


@transaction.atomic
def receive_order(*, member_id: int, order_id: int, now: datetime) -> Order:
    """Write down that the member has the parcel.

    Raises:
        OrderNotFoundError: there is no such order.
        WrongStateError: it was not sent.
    """
    order = locking.lock_order(member_id=member_id, order_id=order_id)
    if order.status != OrderStatus.DELIVERED:
        locking.require(order, OrderStatus.SHIPPED)
        locking.save(order, now=now, status=OrderStatus.DELIVERED, delivered_at=now)
    return locking.shown(order)
