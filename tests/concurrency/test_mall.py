"""The mall under many real connections at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from config.kernel.errors import DomainError
from points import selectors as points_selectors
from points.mall import models, selectors, services
from points.mall.types import ItemKind
from points.models import Entry
from tests.factories.mall import ACTOR, NOON, REASON, Mall, make_mall

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 40


@pytest.fixture(autouse=True)
def proven(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    """Whatever a race did, stock and ledger add up afterwards."""
    settings.MEDIA_ROOT = tmp_path
    yield
    assert selectors.list_differences() == []
    assert list(points_selectors.reconcile()) == []


@pytest.fixture
def mall(proven: None) -> Mall:
    return make_mall()


def race(jobs: Sequence[Callable[[], Any]], *, hands: int = HANDS) -> list[Any]:
    """Run the jobs on `hands` connections that start together; refusals by code."""
    gate = threading.Barrier(hands)
    waiting = iter(enumerate(jobs))
    turn = threading.Lock()
    answers: list[Any] = [None] * len(jobs)

    def run(_hand: int) -> None:
        try:
            # What is proven is the outcome, however slow the machine.
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '60s'")
            gate.wait()
            while True:
                with turn:
                    number, job = next(waiting, (-1, None))
                if job is None:
                    return
                try:
                    answers[number] = job()
                except DomainError as problem:
                    answers[number] = problem.code
        finally:
            connection.close()

    with ThreadPoolExecutor(hands) as pool:
        list(pool.map(run, range(hands)))
    return answers


def codes(answers: list[Any]) -> Counter[str]:
    return Counter(answer if isinstance(answer, str) else "ordered" for answer in answers)


def test_h15_the_last_item_goes_to_one_of_two_hundred_buyers(mall):
    item = mall.item(stock=1, points=100)
    buyers = [mall.buyer(100) for _ in range(200)]

    # Each of them on a connection of its own, all let go at the same moment.
    answers = race([partial(mall.order, item, buyer) for buyer in buyers], hands=200)

    assert codes(answers) == {"ordered": 1, "mall.sold_out": 199}
    assert selectors.get_item(item_id=item.id).left == 0
    assert Entry.objects.filter(kind="spend").count() == 1


def test_h15_one_members_limit_holds_under_many_hands(mall):
    item, buyer = mall.item(stock=100, points=10, limit_count=3), mall.buyer(1000)

    answers = race([lambda: mall.order(item, buyer)] * HANDS)

    assert codes(answers) == {"ordered": 3, "mall.member_limit": HANDS - 3}


def test_h10_one_account_pays_no_more_than_it_has(mall):
    item, buyer = mall.item(stock=100, points=100), mall.buyer(500)

    answers = race([lambda: mall.order(item, buyer)] * HANDS)

    assert codes(answers) == {"ordered": 5, "points.insufficient": HANDS - 5}
    assert selectors.get_item(item_id=item.id).left == 95


def test_h14_the_same_key_orders_once(mall):
    item, buyer = mall.item(stock=100, points=100), mall.buyer(500)

    answers = race([lambda: mall.place(item, buyer, idempotency_key="k")] * HANDS)

    assert [answer.created for answer in answers].count(True) == 1
    assert models.Order.objects.count() == 1


def test_every_code_goes_to_one_order(mall):
    item = mall.item(kind=ItemKind.VIRTUAL, stock=10, points=1)
    buyers = [mall.buyer(1) for _ in range(30)]

    answers = race([partial(mall.order, item, buyer) for buyer in buyers])

    assert codes(answers) == {"ordered": 10, "mall.sold_out": 20}
    given = models.Code.objects.values_list("order_id", flat=True)
    assert len(set(given)) == 10


def test_h2_orders_and_cancellations_leave_stock_and_points_as_they_were(mall):
    item = mall.item(stock=5, points=10)
    buyers = [mall.buyer(20) for _ in range(10)]

    def come_and_go(buyer: int) -> None:
        order = mall.order(item, buyer)
        for _ in range(2):
            services.cancel_order(
                member_id=buyer, order_id=order.id, why="member", actor=ACTOR, now=NOON
            )

    race([partial(come_and_go, buyer) for buyer in buyers * 4], hands=20)

    assert selectors.get_item(item_id=item.id).left == 5
    figures = points_selectors.get_balances(
        member_ids=buyers, programme_id=mall.shop.programme.id, at=NOON
    )
    assert {figure.available for figure in figures.values()} == {20}


def test_h2_one_order_is_taken_back_once_however_many_ask(mall):
    item, buyer = mall.item(stock=5, points=100), mall.buyer(100)
    order = mall.order(item, buyer)
    names: dict[str, Any] = {"member_id": buyer, "order_id": order.id, "actor": ACTOR, "now": NOON}

    race([lambda: services.cancel_order(**names, why="shop", reason=REASON)] * 20, hands=20)

    assert selectors.get_item(item_id=item.id).left == 5
    assert Entry.objects.filter(kind="return").count() == 1


def test_paying_races_the_deadline_and_one_wins(mall):
    item, buyer = mall.item(stock=1, points=100, cash=500), mall.buyer(100)
    order = mall.order(item, buyer)
    names: dict[str, Any] = {"member_id": buyer, "order_id": order.id, "actor": ACTOR, "now": NOON}

    race(
        [
            lambda: services.pay_order(**names, method="confirmed", reference="till"),
            lambda: services.cancel_order(**names, why="member"),
        ]
        * 5,
        hands=10,
    )

    row = models.Order.objects.get()
    # Whoever came first, a paid order may be cancelled after it: then its cash is owed.
    assert row.status in ("to_ship", "cancelled")
    assert Entry.objects.filter(kind="spend").count() == models.Payment.objects.count()
