"""Many at once: one order, one earning; lists that cross do not deadlock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from config.kernel import ids
from members.commerce.models import Order
from members.commerce.services import RefundExceedsError
from members.commerce.types import LineReport, RefundLineReport, Stage
from points import selectors as points_selectors
from tests.factories.api import api_client
from tests.factories.members import make_member
from tests.factories.orders import (
    at,
    event,
    figures,
    make_buyer,
    make_earning_shop,
    order,
    report,
    settle_all,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count, work):
    """Run `work(n)` in so many threads, started together; return what each gave.

    Each waits for its locks as long as it takes: who wins is asked here, not how busy the
    machine is.
    """
    barrier = Barrier(count)

    def start(number):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '120s'")
            barrier.wait(timeout=60)
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(start, range(count)))


def test_h13_fifty_identical_posts_make_one_order_and_one_earning():
    shop = make_earning_shop()
    member = make_buyer(shop)
    clients = [api_client(shop) for _ in range(5)]

    answers = at_once(50, lambda n: clients[n % 5].post("orders", order(member)))

    assert sorted({a.status_code for a in answers}) == [200, 201]
    assert sum(a.status_code == 201 for a in answers) == 1
    assert len({a.content for a in answers}) == 1
    assert Order.objects.count() == 1
    assert figures(ids.decode("mem", member).member_id) == (0, 100, 0, 0)


def test_h13_the_same_refund_at_once_takes_back_once():
    shop = make_earning_shop()
    member = make_buyer(shop)
    client = api_client(shop)
    client.post("orders", order(member))
    body = {"type": "refunded", "occurred_at": "2026-11-12T10:00:00+08:00", "external_no": "RF-1"}

    answers = at_once(8, lambda _: client.post("orders/SO-1/events", body))

    assert {a.status_code for a in answers} == {200}
    assert len({a.content for a in answers}) == 1
    assert figures(ids.decode("mem", member).member_id) == (0, 0, 0, 0)


def test_h18_orders_of_one_member_at_once_all_count():
    shop = make_earning_shop()
    member = make_buyer(shop)
    client = api_client(shop)

    answers = at_once(12, lambda n: client.post("orders", order(member, f"SO-{n}")))

    assert {a.status_code for a in answers} == {201}
    member_id = ids.decode("mem", member).member_id
    assert figures(member_id) == (0, 1200, 0, 0)
    assert figures(member_id, "growth") == (1200, 0, 0, 0)


def test_lists_that_cross_do_not_deadlock():
    """Four lists settle the same numbers in different orders, events before and after."""
    shop = make_earning_shop()
    members = [make_member(shop) for _ in range(6)]
    reports = [report(member, f"SO-{n}", status=Stage.PAID) for n, member in enumerate(members)]

    def settle(number):
        shift = reports[number:] + reports[:number]
        told = list(reversed(shift)) if number % 2 else shift
        paid = [event("completed", at(3), r.external_no) for r in told[:3]]
        return settle_all(shop, [*told, *paid])

    answers = at_once(4, settle)

    assert sum(a.created for told in answers for a in told) == 6
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM points_entry WHERE kind = 'earn'")
        assert cursor.fetchone() == (12,)


def test_h3_fifty_refunds_at_once_take_what_there_is_and_no_more():
    shop = make_earning_shop()
    member = make_member(shop)
    lines = (LineReport(line_no=1, sku="A", quantity=37, unit_price=3333),)
    settle_all(shop, [report(member, status=Stage.PAID, lines=lines)])
    unit = (RefundLineReport(line_no=1, quantity=1),)

    def refund(number):
        told = event("refunded", at(2, number % 7), refund_no=f"RF-{number}", lines=unit)
        try:
            return settle_all(shop, [told])[0].effects.points_reversed
        except RefundExceedsError:
            return None

    taken = at_once(50, refund)

    assert taken.count(None) == 13
    assert sum(points for points in taken if points is not None) == 37 * 3333 // 100
    assert figures(member) == figures(member, "growth") == (0, 0, 0, 0)
    assert list(points_selectors.reconcile()) == []
