"""POST /orders, its events and its reads, as storefronts call them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.kernel import clock, ids
from config.kernel.models import OutboxEvent
from members.commerce.models import Order, OrderEvent, OrderNumber
from points import services as points_services
from points.types import Earn, Hold, Release, Spend
from tests.factories.api import api_client
from tests.factories.orders import PAID, line, make_buyer, make_earning_shop, order
from tests.factories.programmes import make_sister_brand, make_storefront

pytestmark = pytest.mark.django_db

AT = "2026-11-11T10:00:00+08:00"


@pytest.fixture
def shop():
    return make_earning_shop()


@pytest.fixture
def api(shop):
    return api_client(shop)


@pytest.fixture
def member(shop):
    return make_buyer(shop)


def balance(member_public):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT available, pending, held, debt FROM points_account"
            " WHERE member_id = %s AND currency = 'points'",
            [ids.decode("mem", member_public).member_id],
        )
        return cursor.fetchone() or (0, 0, 0, 0)


def event(api, kind, at=AT, number="SO-1", **body):
    return api.post(f"orders/{number}/events", {"type": kind, "occurred_at": at, **body})


def refund(api, number="RF-1", at=AT, **body):
    return event(api, "refunded", at, external_no=number, **body)


def act(shop, member_public, kind, now=PAID, **values):
    at = datetime.fromisoformat(now)
    command = kind(
        member_id=ids.decode("mem", member_public).member_id,
        programme_id=shop.programme.id,
        key=kind.__name__,
        source=kind.__name__,
        occurred_at=at,
        **values,
    )
    return points_services.post(command=command, now=at)


def give(shop, member_public, points=1000):
    act(shop, member_public, Earn, points=points)


def reserve(shop, member_public, points=1000):
    outcome = act(
        shop,
        member_public,
        Hold,
        points=points,
        expires_at=clock.now() + timedelta(hours=1),
        brand_id=shop.brand.id,
    )
    member_id = ids.decode("mem", member_public).member_id
    return ids.encode("res", member_id=member_id, row_id=outcome.reservation_id)


def test_the_answer_has_the_contracts_shape(api, member):
    answer = api.post("orders", order(member, lines=[line(1), line(2, discount=1)]))

    assert answer.status_code == 201
    body = answer.json()
    assert body["id"].startswith("ord_")
    assert body["external_no"] == "SO-1"
    assert body["status"] == "paid"
    assert body["points"]["earned"] == 199
    assert [row["points"] for row in body["points"]["explain"]] == [100, 99]
    assert [row["points_earned"] for row in body["lines"]] == [100, 99]
    assert set(body["points"]["explain"][0]) == {"line_no", "rule", "base", "multiplier", "points"}
    assert {"line_no", "net", "points_earned", "coupon_share", "points_share"} <= set(
        body["lines"][0]
    )
    assert set(body["tier"]) == {"before", "after"}


def test_h13_the_same_order_again_answers_the_same_with_200(api, member):
    first = api.post("orders", order(member))
    second = api.post("orders", order(member))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert balance(member) == (0, 100, 0, 0)


def test_h14_other_content_under_the_number_is_a_conflict(api, member):
    api.post("orders", order(member))

    answer = api.post("orders", order(member, lines=[line(unit_price=1)]))

    assert (answer.status_code, answer.json()["code"]) == (409, "order.conflict")
    assert balance(member) == (0, 100, 0, 0)


def test_another_members_order_of_the_same_number_is_a_conflict(api, shop, member):
    api.post("orders", order(member))

    assert api.post("orders", order(make_buyer(shop))).status_code == 409


def test_a_repeated_key_repeats_the_first_status(api, member):
    first = api.post("orders", order(member), key="k1")
    second = api.post("orders", order(member), key="k1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second["Idempotent-Replay"] == "true"
    assert first.content == second.content


def test_a_further_status_is_that_event_and_an_earlier_one_is_ignored(api, member):
    placed = order(member, status="placed")
    del placed["paid_at"]

    answers = [
        api.post("orders", placed),
        api.post("orders", order(member)),
        api.post("orders", order(member, status="completed", completed_at=AT)),
        api.post("orders", placed),
    ]

    assert [a.status_code for a in answers] == [201, 200, 200, 200]
    assert [a.json()["status"] for a in answers] == ["placed", "paid", "completed", "completed"]
    assert [a.json()["points"]["earned"] for a in answers] == [0, 100, 100, 100]
    assert list(OrderEvent.objects.order_by("id").values_list("kind", flat=True)) == [
        "placed",
        "paid",
        "completed",
    ]


def test_h1_a_refund_takes_the_earned_points_back_once(api, member):
    api.post("orders", order(member))

    first, second = refund(api), refund(api)

    assert first.json()["effects"]["points_reversed"] == 100
    assert first.json()["effects"]["growth_reversed"] == 100
    assert first.json()["status"] == "refunded"
    assert second.json() == first.json()
    assert balance(member) == (0, 0, 0, 0)


def test_a_refund_number_names_one_refund(api, member):
    api.post("orders", order(member))
    refund(api, lines=[{"line_no": 1, "amount": 10}])

    answer = refund(api, lines=[{"line_no": 1, "amount": 20}])

    assert (answer.status_code, answer.json()["code"]) == (409, "refund.conflict")


def test_more_than_is_left_is_refused_and_changes_nothing(api, member):
    api.post("orders", order(member))
    refund(api, lines=[{"line_no": 1, "amount": 9999}])

    answer = refund(api, "RF-2", lines=[{"line_no": 1, "amount": 2}])

    assert (answer.status_code, answer.json()["code"]) == (422, "refund.exceeds")
    assert balance(member) == (0, 1, 0, 0)
    assert refund(api, "RF-3").json()["effects"]["points_reversed"] == 1


def test_nothing_left_to_refund_is_refused(api, member):
    api.post("orders", order(member))
    refund(api)

    assert refund(api, "RF-2").json()["code"] == "refund.exceeds"


def test_h2_points_that_paid_come_back_once_and_are_not_charged_again(api, shop, member):
    give(shop, member)
    held = reserve(shop, member)

    paid = api.post("orders", order(member, lines=[line(1), line(2)], reservation=held))
    spent = balance(member)
    back = refund(api, lines=[{"line_no": 2}])
    again = refund(api, lines=[{"line_no": 2}])
    rest = refund(api, "RF-2")

    assert paid.status_code == 201, paid.content
    assert paid.json()["totals"]["points_paid"] == 1000
    assert paid.json()["totals"]["payable"] == 19000
    assert [row["points_share"] for row in paid.json()["lines"]] == [500, 500]
    assert paid.json()["points"]["earned"] == 190
    assert spent == (0, 190, 0, 0)
    assert back.json()["effects"]["points_returned"] == 500
    assert back.json()["effects"]["points_reversed"] == 95
    assert again.json() == back.json()
    assert rest.json()["effects"]["points_returned"] == 500
    assert balance(member) == (1000, 0, 0, 0)


def test_h11_an_order_whose_reservation_is_gone_is_refused(api, shop, member):
    give(shop, member)
    held = reserve(shop, member)
    act(shop, member, Release, reservation_id=ids.decode("res", held).row_id)

    answer = api.post("orders", order(member, reservation=held))

    assert (answer.status_code, answer.json()["code"]) == (409, "reservation.closed")
    assert Order.objects.count() == 0
    assert OrderNumber.objects.count() == 0
    assert balance(member) == (1000, 0, 0, 0)


def test_h12_a_placed_order_keeps_its_reservation_until_it_is_cancelled(api, shop, member):
    give(shop, member)
    held = reserve(shop, member)
    placed = order(member, status="placed", reservation=held)
    del placed["paid_at"]

    api.post("orders", placed)
    during = balance(member)
    cancelled = event(api, "cancelled")

    assert during == (0, 0, 1000, 0)
    assert cancelled.status_code == 200
    assert balance(member) == (1000, 0, 0, 0)


def test_h25_a_cancelled_order_takes_its_pending_points_back(api, member):
    api.post("orders", order(member))

    answer = event(api, "cancelled")

    assert answer.json()["status"] == "cancelled"
    assert answer.json()["effects"]["points_reversed"] == 100
    assert answer.json()["effects"]["points_debt"] == 0
    assert balance(member) == (0, 0, 0, 0)


def test_h9_an_order_completed_after_it_was_cancelled_earns_again(api, member):
    api.post("orders", order(member))
    event(api, "cancelled", "2026-11-11T10:00:00+08:00")

    answer = event(api, "completed", "2026-11-12T10:00:00+08:00")

    assert answer.json()["status"] == "completed"
    assert answer.json()["points"]["earned"] == 100
    assert sum(balance(member)[:2]) == 100
    with connection.cursor() as cursor:
        cursor.execute("SELECT source FROM points_entry WHERE kind = 'earn' ORDER BY id")
        sources = [row[0] for row in cursor.fetchall()]
    assert sources[-1] == f"order:{answer.json()['id']}#2"


def test_an_order_completed_before_its_window_earns_available_points_at_once(api, member):
    old = "2026-01-02T10:00:00+08:00"

    answer = api.post("orders", order(member, status="completed", placed_at=old, paid_at=old))

    assert answer.json()["points"]["state"] == "available"
    assert answer.json()["points"]["available_at"] == "2026-01-09T02:00:00Z"
    assert balance(member) == (100, 0, 0, 0)


def test_h5_points_that_were_spent_become_debt(api, shop, member):
    old = "2026-01-02T10:00:00+08:00"
    api.post("orders", order(member, status="completed", placed_at=old, paid_at=old))
    act(shop, member, Spend, points=80)

    answer = refund(api)

    assert answer.json()["effects"]["points_reversed"] == 100
    assert answer.json()["effects"]["points_debt"] == 80
    assert balance(member) == (0, 0, 0, 80)


def test_h31_an_upgrade_the_order_caused_falls_with_its_refund(api, member):
    bought = api.post("orders", order(member, lines=[line(unit_price=800_000)]))

    returned = refund(api)

    assert bought.json()["tier"] == {"before": "ordinary", "after": "silver"}
    assert returned.json()["effects"]["tier"] == {"before": "silver", "after": "ordinary"}


def test_the_multiplier_is_that_of_the_tier_before_the_order(api, member):
    first = api.post("orders", order(member, lines=[line(unit_price=800_000)]))
    second = api.post(
        "orders",
        order(
            member,
            "SO-2",
            lines=[line()],
            placed_at="2026-11-12T10:00:00+08:00",
            paid_at="2026-11-12T10:00:00+08:00",
        ),
    )

    assert first.json()["points"]["earned"] == 8000
    assert second.json()["points"]["earned"] == 120
    assert second.json()["points"]["explain"][0]["multiplier"] == 1.2


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"currency": "GBP"}, 422, "order.currency_mismatch"),
        ({"member": "mem_nobody"}, 422, "member.unknown"),
        ({"coupons": ["cpn_x"]}, 422, "coupon.unknown"),
        ({"quote": "quo_x"}, 422, "quote.expired"),
        ({"reservation": "res_x"}, 422, "reservation.unknown"),
        ({"lines": [line(discount=10001)]}, 422, "order.invalid"),
        ({"lines": [line(), line()]}, 422, "order.invalid"),
        ({"lines": []}, 400, "request.invalid"),
        ({"lines": [line(quantity=0)]}, 400, "request.invalid"),
        ({"lines": [line(unit_price=-1)]}, 400, "request.invalid"),
        ({"lines": [line(points=5)]}, 400, "request.unknown_field"),
        ({"points": 99999}, 400, "request.unknown_field"),
        ({"placed_at": "2026-11-20T10:00:00"}, 400, "request.invalid"),
        ({"status": "cancelled"}, 400, "request.invalid"),
        ({"paid_at": "2026-11-01T10:00:00+08:00"}, 422, "order.invalid"),
        ({"lines": [line(quantity=10**6, unit_price=10**12)]}, 422, "order.invalid"),
    ],
)
def test_h20_what_is_wrong_is_refused_and_changes_nothing(api, member, changes, status, code):
    answer = api.post("orders", order(member) | changes)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Order.objects.count() == OrderNumber.objects.count() == 0
    assert OutboxEvent.objects.filter(name__startswith="commerce.").count() == 0


def test_an_event_for_an_unknown_order_is_404(api):
    answer = event(api, "paid")

    assert (answer.status_code, answer.json()["code"]) == (404, "order.unknown")
    assert OrderNumber.objects.count() == 0


def test_a_refund_needs_its_number(api, member):
    api.post("orders", order(member))

    assert event(api, "refunded").status_code == 422


def test_another_brands_order_is_404(api, shop, member):
    sister = api_client(make_sister_brand(shop, "other"))
    api.post("orders", order(member))

    assert sister.get("orders/SO-1").status_code == 404
    assert event(sister, "paid").status_code == 404
    assert sister.get(f"members/{member}/orders").json()["items"] == []
    assert sister.post("orders", order(member)).status_code == 201


def test_another_storefront_of_the_brand_may_refund_the_order(api, shop, member):
    till = replace(shop, storefront=make_storefront(shop.brand, "till"))
    api.post("orders", order(member))

    answer = refund(api_client(till))

    assert answer.status_code == 200
    assert api_client(till).get("orders/SO-1").json()["status"] == "refunded"


def test_orders_are_read_one_by_one_and_in_pages(api, member):
    for number in range(5):
        day = f"2026-11-0{number + 1}T10:00:00+08:00"
        api.post("orders", order(member, f"SO-{number}", placed_at=day, paid_at=day))

    one = api.get("orders/SO-3")
    pages = [api.get(f"members/{member}/orders", {"limit": 2}).json()]
    while pages[-1]["next_cursor"]:
        cursor = pages[-1]["next_cursor"]
        pages.append(api.get(f"members/{member}/orders", {"limit": 2, "cursor": cursor}).json())

    assert one.json()["external_no"] == "SO-3"
    assert one.json()["points"]["explain"]
    numbers = [item["external_no"] for page in pages for item in page["items"]]
    assert numbers == ["SO-4", "SO-3", "SO-2", "SO-1", "SO-0"]
    assert api.get("orders/SO-9").status_code == 404


def test_a_page_of_orders_costs_the_same_whatever_its_length(api, member):
    def cost(limit):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            api.get(f"members/{member}/orders", {"limit": limit})
        return len(queries)

    for number in range(6):
        api.post("orders", order(member, f"SO-{number}"))
    cost(1)

    assert cost(1) == cost(6) <= 8


def test_scopes(shop, member):
    assert api_client(shop, "orders:read").post("orders", order(member)).status_code == 403
    assert api_client(shop, "orders:write").get("orders/SO-1").status_code == 403


def test_a_dry_run_answers_and_keeps_nothing(api, member):
    answer = api.post("orders", order(member), query={"dry_run": "true"})

    assert answer.status_code == 200
    assert answer.json()["id"] is None
    assert answer.json()["points"]["earned"] == 100
    assert Order.objects.count() == OrderNumber.objects.count() == 0
    assert not OutboxEvent.objects.filter(name__startswith="commerce.").exists()
    assert balance(member) == (0, 0, 0, 0)


def test_a_dry_run_may_lie_in_the_future(api, member):
    later = "2027-03-01T10:00:00+08:00"

    answer = api.post(
        "orders",
        order(member, placed_at=later, paid_at=later),
        query={"dry_run": "true", "now": "2027-03-02T00:00:00+08:00"},
    )

    assert answer.status_code == 200, answer.content


def test_a_batch_refuses_what_is_wrong_and_settles_the_rest(api, shop, member):
    rows = [
        order(member, "SO-1"),
        order(member, "SO-2", currency="GBP"),
        {"external_no": "SO-3"},
        order(make_buyer(shop), "SO-4"),
        order(member, "SO-1"),
        order(member, "SO-1", lines=[line(unit_price=5)]),
        order("mem_nobody", "SO-5"),
    ]

    answer = api.post_lines("orders/batch", rows)

    assert answer.status_code == 207
    items = [json.loads(text) for text in answer.content.splitlines()]
    assert [item["index"] for item in items] == list(range(7))
    assert [item["status"] for item in items] == [201, 422, 400, 201, 200, 409, 422]
    assert items[0]["body"]["points"]["earned"] == 100
    assert items[1]["problem"]["code"] == "order.currency_mismatch"
    assert set(OrderNumber.objects.values_list("external_no", flat=True)) == {"SO-1", "SO-4"}
    assert balance(member) == (0, 100, 0, 0)


def test_a_batch_goes_on_when_a_reservation_is_gone(api, shop, member):
    """Two placed orders named the same reservation; the second to be paid cannot have it."""
    give(shop, member)
    held = reserve(shop, member)
    other = make_buyer(shop)

    answer = api.post_lines(
        "orders/batch",
        [
            order(member, "SO-1", reservation=held),
            order(member, "SO-2", reservation=held),
            order(other, "SO-3"),
        ],
    )

    items = [json.loads(text) for text in answer.content.splitlines()]
    assert [item["status"] for item in items] == [201, 409, 201]
    assert balance(member) == (0, 90, 0, 0)
    assert set(Order.objects.values_list("external_no", flat=True)) == {"SO-1", "SO-3"}
    assert OrderNumber.objects.count() == 2


def test_an_order_is_told_in_the_outbox(api, member):
    api.post("orders", order(member))
    refund(api)

    names = OutboxEvent.objects.filter(name__startswith="commerce.").order_by("id")
    assert list(names.values_list("name", flat=True)) == [
        "commerce.order_recorded.v1",
        "commerce.order_refunded.v1",
    ]
    payloads: list[Any] = list(names.values_list("payload", flat=True))
    assert payloads[0]["member"] == member


def test_a_number_may_hold_a_slash(api, member):
    api.post("orders", order(member, "2026/17"))

    assert event(api, "shipped", number="2026/17").json()["status"] == "shipped"
    assert api.get("orders/2026/17").json()["external_no"] == "2026/17"


def test_the_schema_tells_of_orders(api):
    paths = api.get("schema").json()["paths"]

    assert any(path.endswith("/orders/{external_no}/events") for path in paths), sorted(paths)
