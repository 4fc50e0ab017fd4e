"""Fulfil an order whose price is paid: into the post room, a store, or the member's hands."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from config.kernel import crypto
from points import services as points_services
from points.mall import issuing, models
from points.mall.errors import DeliveryInvalidError
from points.mall.selectors.items import get_terms
from points.mall.selectors.orders import COLLECT_CODES
from points.mall.services import coding
from points.mall.services.announcing import source
from points.mall.types import TICKETS, Delivery, Item, OrderStatus

# Without letters and digits that are read for one another.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def fulfil(order: models.Order, *, item: Item, now: datetime) -> dict[str, Any]:
    """Do what follows the price; return the changes of the order's row."""
    match Delivery(order.delivery):
        case Delivery.SHIP:
            return {"status": OrderStatus.TO_SHIP}
        case Delivery.COLLECT:
            return _prepare_collection(order, now)
        case Delivery.CODE:
            return {"status": OrderStatus.DELIVERED, "delivered_at": now}
        case Delivery.COUPON:
            issued = _issue(order, item=item, now=now)
            return {"status": OrderStatus.DELIVERED, "delivered_at": now, "issued": issued}
        case Delivery.TICKET:
            _credit(order, tickets=item.tickets * order.quantity, now=now)
            return {"status": OrderStatus.DELIVERED, "delivered_at": now}


def hand_out(order: models.Order) -> None:
    """Give codes to an order that has its stock: what others were promised stays free."""
    if order.delivery == Delivery.CODE:
        coding.claim(
            item_id=order.item_id,
            member_id=order.member_id,
            order_id=order.pk,
            quantity=order.quantity,
        )


def _prepare_collection(order: models.Order, now: datetime) -> dict[str, Any]:
    code = "".join(secrets.choice(_LETTERS) for _ in range(10))
    days = get_terms(programme_id=order.programme_id).collect_days
    return {
        "status": OrderStatus.TO_COLLECT,
        "collect_code": code,
        "collect_blind": crypto.blind(COLLECT_CODES, code),
        "collect_by": now + timedelta(days=days),
    }


def _issue(order: models.Order, *, item: Item, now: datetime) -> list[str]:
    found = issuing.find(item.issuer)
    if found is None:
        raise DeliveryInvalidError
    return found.issue(
        member_id=order.member_id,
        template=item.template,
        count=order.quantity,
        source=source(order),
        now=now,
    )


def _credit(order: models.Order, *, tickets: int, now: datetime) -> None:
    """Credit lottery tickets; they expire by the currency's own rule."""
    points_services.top_up(
        member_id=order.member_id,
        programme_id=order.programme_id,
        currency=TICKETS,
        amount=tickets,
        source=source(order),
        key=f"{source(order)}:tickets",
        now=now,
    )
