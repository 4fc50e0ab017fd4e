"""Merges at once with everything else: nothing is lost, nothing is counted twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from config.kernel.errors import DomainError
from members import models, selectors, services
from points import selectors as points_selectors
from points.models import Account
from tests.concurrency.test_orders import at_once
from tests.factories.api import api_client
from tests.factories.members import make_member
from tests.factories.orders import line, make_earning_shop, order
from tests.factories.points import Book

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return make_earning_shop()


def open_case(survivor: int, duplicate: int) -> int:
    return services.open_case(
        survivor_id=survivor, duplicate_id=duplicate, found="operator", actor="staff:1", now=NOW
    )


def total(*members: int) -> int:
    rows = Account.objects.filter(member_id__in=members, currency="points")
    return sum(a.available + a.pending + a.held - a.debt for a in rows)


def tried(work):
    """Return what came of it: a refusal is an answer, a deadlock is one too and changes nothing."""
    try:
        return work()
    except (DomainError, OperationalError) as refused:
        return refused


def test_a_pair_merged_by_many_at_once_is_merged_once(shop):
    survivor, duplicate = (make_member(shop, now=NOW) for _ in range(2))
    Book(shop.programme.id, duplicate, NOW).earn(70)
    case = open_case(survivor, duplicate)

    done = at_once(
        8, lambda n: services.merge(case_id=case, actor=f"staff:{n}", reason="same", now=NOW)
    )

    assert sum(not report.replayed for report in done) == 1
    assert total(survivor) == 70
    assert list(points_selectors.reconcile()) == []


def test_each_merged_into_the_other_at_once_leaves_one(shop):
    one, other = (make_member(shop, now=NOW) for _ in range(2))
    for member in (one, other):
        Book(shop.programme.id, member, NOW).earn(50)
    client = api_client(shop)
    ids = [selectors.public_id(member) for member in (one, other)]

    answers = at_once(
        6,
        lambda n: client.post(
            "members/merge",
            {"survivor": ids[n % 2], "duplicate": ids[(n + 1) % 2], "reason": "same"},
        ),
    )

    assert not {a.status_code for a in answers} & {500}
    alive = models.Member.objects.get(pk__in=[one, other], status="active").pk
    assert total(alive) == 100
    assert list(points_selectors.reconcile()) == []


@pytest.mark.parametrize("first", [True, False], ids=["older stays", "newer stays"])
def test_spends_earnings_and_a_refund_during_a_merge_land_where_they_belong(shop, first):
    pair = [make_member(shop, now=NOW - 30 * DAY) for _ in range(2)]
    survivor, duplicate = pair if first else reversed(pair)
    client = api_client(shop)
    client.post(
        "orders",
        order(selectors.public_id(duplicate), "SO-D", lines=[line(1, unit_price=100_000)]),
    )
    old = Book(shop.programme.id, duplicate, NOW)
    old.earn(100, expires_at=NOW + 90 * DAY)
    case = open_case(survivor, duplicate)
    refund = {
        "type": "refunded",
        "occurred_at": "2026-11-12T10:00:00+08:00",
        "external_no": "RF-1",
        "lines": [{"line_no": 1, "quantity": 1}],
    }

    def work(number: int):
        if number == 0:
            return tried(
                lambda: services.merge(case_id=case, actor="staff:1", reason="same", now=NOW)
            )
        if number == 1:
            return client.post("orders/SO-D/events", refund)
        if number % 2:
            return tried(lambda: old.earn(3, source=f"late:{number}"))
        return tried(lambda: old.spend(5))

    done = at_once(10, work)

    assert done[1].status_code in (200, 503)
    if not hasattr(done[0], "lines"):
        services.merge(case_id=case, actor="staff:1", reason="same", now=NOW)
    if done[1].status_code == 503:
        client.post("orders/SO-D/events", refund)
    earned = sum(3 for n in range(3, 10, 2) if not isinstance(done[n], Exception))
    spent = sum(5 for n in range(2, 10, 2) if not isinstance(done[n], Exception))
    assert total(survivor) == 100 + earned - spent
    assert total(duplicate) == 0
    assert list(points_selectors.reconcile()) == []


def test_undone_while_points_are_spent_the_sum_stays(shop):
    survivor, duplicate = (make_member(shop, now=NOW) for _ in range(2))
    kept = Book(shop.programme.id, survivor, NOW)
    kept.earn(100)
    Book(shop.programme.id, duplicate, NOW).earn(50)
    case = open_case(survivor, duplicate)
    services.merge(case_id=case, actor="staff:1", reason="same", now=NOW)

    def work(number: int):
        if number == 0:
            return tried(
                lambda: services.undo(case_id=case, actor="staff:1", reason="two", now=NOW)
            )
        return tried(lambda: kept.spend(10))

    done = at_once(6, work)

    spent = sum(10 for one in done[1:] if not isinstance(one, Exception))
    assert total(survivor, duplicate) == 150 - spent
    assert done[0] is None
    assert total(duplicate) == 50
    assert list(points_selectors.reconcile()) == []
