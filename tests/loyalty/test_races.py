"""Settlements and evaluations of one member at the same time, on real connections."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connections, transaction

from loyalty import services
from loyalty.models import MemberTier, Qualifying, TierChange
from tests.factories.loyalty import make_rules
from tests.factories.members import make_member
from tests.factories.programmes import Shop, make_shop

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def side_by_side(jobs: list[Callable[[], Any]]) -> list[Any]:
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            barrier.wait()
            return job()
        except services.AlreadyCountedError as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def count(shop: Shop, members: list[int], source: str, yuan: int) -> None:
    with transaction.atomic():
        books = services.open_books(member_ids=members, programme_id=shop.programme.id)
        for member in members:
            books.count(member, source, yuan * 100, yuan, NOW)
        services.close_books(books=books, now=NOW)


def open_shop() -> Shop:
    shop = make_shop()
    make_rules(shop)
    return shop


def test_h18_settlements_of_one_member_add_up():
    shop = open_shop()
    member = make_member(shop)

    side_by_side([partial(count, shop, [member], f"order:{n}", 1_000) for n in range(12)])

    row = MemberTier.objects.get(member_id=member)
    assert (row.spends, row.tier_code) == ([12_000_00], "silver")
    lines = list(TierChange.objects.filter(member_id=member).order_by("number"))
    assert [(c.number, c.from_code, c.to_code) for c in lines] == [
        (1, "ordinary", "bronze"),
        (2, "bronze", "silver"),
    ]


def test_h13_one_source_sent_by_many_counts_once():
    shop = open_shop()
    member = make_member(shop)

    results = side_by_side([lambda: count(shop, [member], "order:1", 1_000)] * 10)

    assert sum(result is None for result in results) == 1
    assert MemberTier.objects.get(member_id=member).spends == [1_000_00]
    assert Qualifying.objects.filter(member_id=member).count() == 1


def test_books_of_many_members_do_not_deadlock_whatever_their_order():
    shop = open_shop()
    members = [make_member(shop) for _ in range(6)]

    side_by_side(
        [
            partial(count, shop, members[n % 6 :] + members[: n % 6], f"order:{n}", 10)
            for n in range(10)
        ]
    )

    assert {tuple(row.spends) for row in MemberTier.objects.all()} == {(100_00,)}


def test_evaluations_side_by_side_have_one_winner_per_member():
    shop = open_shop()
    members = [make_member(shop) for _ in range(40)]
    count(shop, members, "order:1", 8_000)
    later = NOW + timedelta(days=370)

    def evaluate() -> int:
        done = 0
        while taken := services.evaluate_due(programme_id=shop.programme.id, now=later, limit=7):
            done += taken
        return done

    assert sum(side_by_side([evaluate] * 4)) == 40
    assert TierChange.objects.filter(why="downgraded").count() == 40
    assert set(MemberTier.objects.values_list("tier_code", flat=True)) == {"bronze"}
