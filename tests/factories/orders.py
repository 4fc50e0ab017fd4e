"""Shops that earn, and bodies of orders, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from config.kernel.errors import DomainError
from loyalty.settlement import services as settlement_services
from loyalty.settlement.types import Settled
from members import selectors as member_selectors
from members.commerce.types import EventReport, LineReport, OrderReport, Stage
from tests.factories.loyalty import make_rules
from tests.factories.members import make_member
from tests.factories.programmes import Shop, make_shop

PLACED = "2026-11-10T10:00:00+08:00"
PAID = "2026-11-10T10:01:00+08:00"


def make_earning_shop(
    code: str = "demo", currency: str = "CNY", timezone: str = "Asia/Shanghai", flat: bool = False
) -> Shop:
    """Open a shop with the default tiers and earn rules."""
    shop = make_shop(code, currency, timezone)
    make_rules(shop, flat=flat)
    return shop


def make_buyer(shop: Shop) -> str:
    """Enrol a member and return its public id."""
    return member_selectors.public_id(make_member(shop))


def line(line_no: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a line of an order: one thing for ¥100."""
    return {"line_no": line_no, "sku": f"A{line_no}", "quantity": 1, "unit_price": 10000} | changes


def order(member: str, external_no: str = "SO-1", **changes: Any) -> dict[str, Any]:
    """Return a paid order of one line."""
    body = {
        "external_no": external_no,
        "member": member,
        "placed_at": PLACED,
        "status": "paid",
        "paid_at": PAID,
        "currency": "CNY",
        "lines": [line()],
    }
    return body | changes


def at(day: int, hour: int = 12) -> datetime:
    """Return an instant of November 2026, Shanghai time."""
    return datetime(2026, 11, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


def report(member_id: int, external_no: str = "SO-1", **changes: Any) -> OrderReport:
    """Return a placed order of 3 × ¥33.33 and one thing for ¥0.01."""
    values: dict[str, Any] = {
        "external_no": external_no,
        "member_id": member_id,
        "placed_at": at(1),
        "currency": "CNY",
        "lines": (
            LineReport(line_no=1, sku="A", quantity=3, unit_price=3333),
            LineReport(line_no=2, sku="B", quantity=1, unit_price=1),
        ),
    }
    return OrderReport(**values | changes)


def event(kind: str, when: datetime, order_no: str = "SO-1", **changes: Any) -> EventReport:
    """Return an event of that order."""
    return EventReport(order_no=order_no, kind=Stage(kind), occurred_at=when, **changes)


def figures(member_id: int, currency: str = "points") -> tuple[int, int, int, int]:
    """Return available, pending, held and debt as the account has them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT available, pending, held, debt FROM points_account"
            " WHERE member_id = %s AND currency = %s",
            [member_id, currency],
        )
        return cursor.fetchone() or (0, 0, 0, 0)


def settle(shop: Shop, *documents: Any, now: datetime | None = None) -> list[Settled]:
    """Settle documents one by one, as requests would; raise what is refused."""
    return [settle_all(shop, [document], now=now)[0] for document in documents]


def settle_all(
    shop: Shop, documents: Sequence[Any], *, now: datetime | None = None
) -> list[Settled]:
    """Settle documents as one list; raise what is refused."""
    answers = []
    for answer in settlement_services.settle(
        documents=documents, storefront=shop.storefront, now=now or at(20)
    ):
        if isinstance(answer, DomainError):
            raise answer
        answers.append(answer)
    return answers
