"""The ledger under fifty real connections at once."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from config.kernel.errors import DomainError
from points import selectors, services
from points.models import Account, Entry, Exchange, ExchangeDay, Unfolded
from points.types import Outcome, Purse, Rate
from tests.factories.points import NOON, Book
from tests.factories.programmes import make_shop
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 50
DAY = timedelta(days=1)


@pytest.fixture
def book(transactional_db: None) -> Book:
    return Book(make_shop().programme.id)


@pytest.fixture(autouse=True)
def reconciled(transactional_db: None) -> Iterator[None]:
    """Whatever a race did, the ledger adds up afterwards."""
    yield
    assert list(selectors.reconcile()) == []


def race(*jobs: Callable[[], Any], hands: int = HANDS) -> list[Any]:
    """Run the jobs in turn on `hands` connections, all let go at once; refusals by code."""
    gate = threading.Barrier(hands)

    def run(number: int) -> Any:
        try:
            # What is proven is the outcome: the last of fifty hands waits for all before it,
            # on a busy machine longer than a request would.
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '60s'")
            gate.wait()
            return jobs[number % len(jobs)]()
        except DomainError as problem:
            return problem.code
        finally:
            connection.close()

    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(run, range(hands)))


def account(book: Book) -> Account:
    return Account.objects.get(member_id=book.member_id)


def test_h10_simultaneous_spends_never_exceed_the_balance(book):
    book.earn(200)

    answers = race(lambda: book.spend(10))

    assert answers.count("points.insufficient") == 30
    assert account(book).available == 0


def test_h13_the_same_earning_fifty_times_earns_once(book):
    answers = race(lambda: book.earn(10, source="order:1"))

    assert account(book).available == 10
    assert len({answer.entries[0].entry_id for answer in answers}) == 1
    assert [answer.replayed for answer in answers].count(False) == 1


def test_h14_the_same_key_fifty_times_spends_once(book):
    book.earn(100)

    answers = race(lambda: book.spend(10, key="k", source="s"))

    assert account(book).available == 90
    assert [answer.replayed for answer in answers].count(False) == 1


def test_h18_fifty_earnings_add_up_even_on_a_new_account(book):
    race(lambda: book.earn(7, currency="growth"))

    assert account(book).available == 350
    assert Account.objects.count() == 1


def test_h23_a_spend_races_the_expiry_of_its_lot(book):
    book.earn(100, expires_at=NOON + DAY)
    book.earn(30)

    answers = race(
        lambda: book.spend(10, now=NOON + DAY),
        lambda: services.sweep_all(job="expire", now=NOON + DAY),
    )

    # Expiry is by date: at that instant only what does not expire can be spent.
    assert sum(not isinstance(answer, int | str) for answer in answers) == 3
    assert account(book).lifetime_expired == 100


def test_sweeps_side_by_side_post_each_thing_once(book):
    for member in range(1, 60):
        Book(book.programme_id, member).earn(10, expires_at=NOON + DAY)

    race(lambda: services.sweep_all(job="expire", now=NOON + DAY, limit=7), hands=8)

    assert Entry.objects.filter(kind="expire").count() == 59


def test_a_sweep_goes_on_to_whom_nobody_else_has_locked(book):
    for member in range(1, 31):
        Book(book.programme_id, member).earn(10, expires_at=NOON + DAY)
    taken = range(1, 11)

    def other() -> int:
        try:
            with connection.cursor() as cursor:
                # A sweep that waited would be told at once.
                cursor.execute("SET lock_timeout = '1ms'")
            return services.sweep_all(job="expire", now=NOON + DAY, limit=7)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            list(Account.objects.filter(member_id__in=taken).select_for_update())
            swept = pool.submit(other).result()
        left = pool.submit(other).result()

    assert (swept, left) == (20, 10)
    assert Entry.objects.filter(kind="expire").count() == 30


def test_capture_races_release_and_one_wins(book):
    book.earn(100)
    held = book.hold(60, expires_at=NOON + DAY).reservation_id

    answers = race(
        lambda: book.capture(reservation_id=held), lambda: book.release(reservation_id=held)
    )

    assert answers.count("reservation.closed") == HANDS - 1
    assert account(book).held == 0
    assert account(book).available in (40, 100)


def test_h6_reversals_race_and_never_exceed_the_entry(book):
    entry = book.earn(100).entries[0].entry_id

    answers = race(lambda: book.reverse(30, entry_id=entry))

    assert answers.count("entry.already_reversed") == HANDS - 3
    assert account(book).available == 10


def test_h6_one_cause_reverses_once(book):
    entry = book.earn(100).entries[0].entry_id

    answers = race(lambda: book.reverse(30, entry_id=entry, cause="RF-1"))

    assert answers.count("entry.already_reversed") == HANDS - 1
    assert account(book).available == 70


def test_batches_in_opposite_order_do_not_deadlock(book):
    members = list(range(1, 41))

    def post(order: list[int]) -> Counter[str]:
        commands = [
            book.command("earn", 5, member_id=member, currency=currency)
            for member in order
            for currency in ("points", "growth")
        ]
        outcomes = services.post_batch(commands=commands, now=NOON)
        return Counter(str(outcome.problem) for outcome in outcomes)

    answers = race(lambda: post(members), lambda: post(members[::-1]), hands=12)

    assert answers == [Counter({"None": 80})] * 12
    assert set(Account.objects.values_list("available", flat=True)) == {60}


def test_a_hot_account_takes_credits_without_a_lock(book):
    book.earn(1)
    Account.objects.update(hot=True)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM points_account FOR UPDATE")
        race(lambda: book.earn(10), hands=20)
    balance = selectors.get_balance(member_id=1, programme_id=book.programme_id, at=NOON, now=NOON)
    page = selectors.list_entries(member_ids=[1], programme_id=book.programme_id)

    assert balance.available == 201
    assert [entry.balance_after for entry in page.entries] == list(range(201, 0, -10))
    assert list(selectors.reconcile()) == []
    race(lambda: book.spend(10), lambda: book.earn(5), hands=40)
    assert account(book).available + sum(x.available for x in Unfolded.objects.all()) == 101


def test_a_batch_locks_a_hot_account_it_debits_in_turn(book):
    """Waiting for the first account it holds no later one, so a sweep cannot wait for it."""
    for member in (1, 2):
        book.earn(100, member_id=member)
    Account.objects.filter(member_id=1).update(hot=True)
    spends = [book.command("spend", 10, member_id=member) for member in (1, 2)]

    def batch() -> list[Any]:
        try:
            return services.post_batch(commands=spends, now=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            list(Account.objects.select_for_update().filter(member_id=1))
            running = pool.submit(batch)
            wait_until(_somebody_waits)
            # Refused at once if the batch had it.
            list(Account.objects.select_for_update(nowait=True).filter(member_id=2))
        outcomes = running.result()

    assert [outcome.problem for outcome in outcomes] == [None, None]


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
             WHERE d.datname = current_database() AND NOT l.granted
             UNION ALL SELECT count(*) FROM pg_locks
             WHERE NOT granted AND transactionid = pg_current_xact_id_if_assigned()::xid""")
        return any(row[0] for row in cursor.fetchall())


def test_h13_a_hot_account_earns_once_per_source(book):
    book.earn(1)
    Account.objects.update(hot=True)

    race(lambda: book.earn(10, source="order:1"), lambda: book.earn(10, source="o:2", key="k2"))

    balance = selectors.get_balance(member_id=1, programme_id=book.programme_id, at=NOON, now=NOON)
    assert balance.available == 21


def test_a_failure_before_the_commit_leaves_nothing(book):
    book.earn(100)

    @transaction.atomic
    def interrupted() -> None:
        book.spend(10)
        book.hold(10, expires_at=NOON + DAY)
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        interrupted()

    assert (account(book).available, account(book).held) == (100, 0)
    assert Entry.objects.count() == 1


def test_a_connection_lost_before_the_commit_leaves_nothing(book):
    book.earn(100)

    def lose() -> None:
        try:
            with transaction.atomic():
                book.spend(10)
                connection.connection.close()
        except Exception as error:
            assert "connection" in str(error)  # noqa: PT017
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(lose).result()

    assert account(book).available == 100
    assert Entry.objects.count() == 1


@pytest.fixture
def exchanging(book):
    """Two members of two programmes, and rates both ways."""
    there = Book(make_shop("there").programme.id, 2)
    for one, other in ((book, there), (there, book)):
        rate = Rate(
            id=0,
            version=0,
            source=Purse(programme_id=one.programme_id),
            target=Purse(programme_id=other.programme_id),
            per=1,
            gives=1,
            member_limit=300,
            pair_limit=350,
            begins_at=NOON,
        )
        services.publish_rate(rate=rate, actor="staff:1", reason="agreed", now=NOON)
    return book, there


def exchange(giver: Book, receiver: Book, points: int = 10, *, key: str = "") -> Any:
    return services.exchange(
        member_id=giver.member_id,
        to_member_id=receiver.member_id,
        source=Purse(programme_id=giver.programme_id),
        target=Purse(programme_id=receiver.programme_id),
        points=points,
        key=key or f"x:{next(_serial)}",
        now=NOON,
    )


_serial = itertools.count(1)


def test_exchanges_both_ways_do_not_deadlock(exchanging):
    here, there = exchanging
    here.earn(200)
    there.earn(200)

    answers = race(lambda: exchange(here, there), lambda: exchange(there, here), hands=40)

    assert all(not isinstance(answer, str) for answer in answers)
    assert [account(book).available for book in exchanging] == [200, 200]
    assert [day.given for day in ExchangeDay.objects.all()] == [200, 200]


def test_first_exchanges_of_two_who_have_nothing_there_do_not_deadlock(exchanging):
    here, there = exchanging
    here.earn(200)
    there.earn(200)
    mine, theirs = Book(there.programme_id, 1), Book(here.programme_id, 2)

    answers = race(lambda: exchange(here, mine), lambda: exchange(there, theirs), hands=20)

    assert all(not isinstance(answer, str) for answer in answers)
    assert Account.objects.count() == 4


def test_limits_of_a_day_hold_however_many_exchange_at_once(exchanging):
    here, there = exchanging
    other = Book(here.programme_id, 3)
    here.earn(1000)
    other.earn(1000)

    answers = race(lambda: exchange(here, there), lambda: exchange(other, there), hands=HANDS)
    more = race(lambda: exchange(here, there), lambda: exchange(other, there), hands=HANDS)

    done = [answer for answer in answers + more if not isinstance(answer, str)]
    assert len(done) == 35
    assert {answer for answer in answers + more if isinstance(answer, str)} <= {
        "exchange.pair_limit",
        "exchange.member_limit",
    }
    assert ExchangeDay.objects.get().given == 350


def test_h14_the_same_key_exchanges_once(exchanging):
    here, there = exchanging
    here.earn(1000)

    answers = race(lambda: exchange(here, there, key="k"))

    assert [answer.replayed for answer in answers].count(False) == 1
    assert account(there).available == 10


def test_h6_an_exchange_is_undone_once(exchanging):
    here, there = exchanging
    here.earn(100)
    exchange(here, there, 100)
    row = Exchange.objects.get()

    def undo() -> Any:
        return services.undo_exchange(
            member_id=1,
            exchange_id=row.id,
            key=f"u:{next(_serial)}",
            actor="staff:1",
            reason="mistake",
            now=NOON,
        )

    answers = race(undo, hands=20)

    assert answers.count("entry.already_reversed") == 19
    assert [account(book).available for book in exchanging] == [100, 0]


def test_h10_a_transfer_races_spends_and_loses_nothing(book):
    kept = Book(book.programme_id, 2)
    book.earn(300)
    kept.earn(100)

    def transfer() -> Any:
        return services.transfer(
            from_member_id=1,
            to_member_id=2,
            programme_id=book.programme_id,
            key="merge",
            source="merge",
            now=NOON,
        )

    answers = race(lambda: book.spend(10), transfer, lambda: kept.spend(10), hands=30)

    spent = sum(isinstance(answer, Outcome) for answer in answers)
    assert account(book).available == 0
    assert account(kept).available == 400 - 10 * spent


def test_h23_processes_expire_side_by_side(book):
    """Three workers of their own, as in production, over the same members."""
    for member in range(1, 120):
        Book(book.programme_id, member).earn(10, expires_at=NOON + DAY)
    s = connection.settings_dict
    url = f"postgresql://{s['USER']}:{s['PASSWORD']}@{s['HOST']}:{s['PORT']}/{s['NAME']}"
    command = ["run_task", "points.expire_due", "--now", (NOON + 2 * DAY).isoformat()]

    workers = [
        subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": url, "DATABASE_OWNER_URL": url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    ends = [worker.communicate(timeout=120)[1].decode() for worker in workers]

    assert [worker.returncode for worker in workers] == [0, 0, 0], ends
    assert Entry.objects.filter(kind="expire").count() == 119
    assert set(Account.objects.values_list("available", flat=True)) == {0}


@pytest.mark.parametrize("second", ["spend", "adjust", "earn", "hold"])
def test_h14_a_key_posts_once_though_two_accounts_are_moved_by_it(book, second):
    """Accounts are locked one by one, a key is the member's: the entry's constraint decides."""
    other = Book(book.programme_id, book.member_id, currency="balance")
    more = {"expires_at": NOON + DAY} if second == "hold" else {}
    for number in range(10):
        book.earn(10)
        other.earn(10)
        key = f"both:{number}"
        answers = race(
            partial(book.spend, 10, key=key, source="s"),
            partial(getattr(other, second), 10, key=key, source=key, **more),
            hands=8,
        )

        refused = [answer for answer in answers if isinstance(answer, str)]
        assert set(refused) == {"idempotency.key_reused"}
        assert Entry.objects.filter(member_id=book.member_id, idem_key=key).count() == 1
