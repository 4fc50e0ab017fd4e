"""A storefront enrols a member, posts an order, completes it, refunds one line."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.factories.api import api_client
from tests.factories.orders import line, make_earning_shop

pytestmark = pytest.mark.django_db


def test_a_member_buys_completes_and_returns_a_line():
    shop = make_earning_shop()
    api = api_client(shop)

    enrolled = api.post("members", {"phone": "+8613800138000"})
    member = enrolled.json()["id"]
    ordered = api.post(
        "orders",
        {
            "external_no": "SO-1",
            "member": member,
            "placed_at": "2026-11-20T10:00:00+08:00",
            "paid_at": "2026-11-20T10:01:00+08:00",
            "status": "paid",
            "currency": "CNY",
            "lines": [
                line(1, quantity=3, unit_price=100000),
                line(2, unit_price=50050, discount=50),
            ],
            "shipping": 1000,
        },
    )
    completed = api.post(
        "orders/SO-1/events",
        {"type": "completed", "occurred_at": "2026-11-21T09:00:00+08:00"},
    )
    refunded = api.post(
        "orders/SO-1/events",
        {
            "type": "refunded",
            "occurred_at": "2026-11-21T12:00:00+08:00",
            "external_no": "RF-1",
            "lines": [{"line_no": 2, "quantity": 1}],
        },
    )

    assert enrolled.status_code == 201
    assert ordered.status_code == 201, ordered.content
    answer = ordered.json()
    assert answer["totals"] == {
        "goods": 350050,
        "discount": 50,
        "points_paid": 0,
        "coupons": 0,
        "shipping": 1000,
        "payable": 351000,
        "refunded": 0,
    }
    assert answer["points"]["earned"] == 3500
    assert answer["points"]["state"] == "pending"
    assert answer["points"]["available_at"] is None
    assert sum(row["points"] for row in answer["points"]["explain"]) == 3500
    assert answer["growth"] == 3500
    assert answer["tier"] == {"before": "ordinary", "after": "bronze"}

    assert completed.status_code == 200, completed.content
    due = datetime.fromisoformat(completed.json()["points"]["available_at"])
    assert due == datetime.fromisoformat("2026-11-28T09:00:00+08:00")
    assert completed.json()["status"] == "completed"

    assert refunded.status_code == 200, refunded.content
    assert refunded.json()["effects"] == {
        "points_reversed": 500,
        "points_returned": 0,
        "points_debt": 0,
        "growth_reversed": 500,
        "coupons_returned": [],
        "tier": {"before": "bronze", "after": "bronze"},
        "refund_deduction": 0,
    }
    assert refunded.json()["totals"]["refunded"] == 50000
