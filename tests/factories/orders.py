"""Shops that earn, and bodies of orders, for tests."""

from __future__ import annotations

from typing import Any

from members import selectors as member_selectors
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
