"""Batch jobs: everything due is written down, once, whoever else runs."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from config.kernel.models import OutboxEvent
from points import selectors, services, tasks
from points.models import Account, Entry, Lot
from tests.factories.points import NOON, Book

DAY = timedelta(days=1)


@pytest.fixture
def books(shop):
    return [Book(shop.programme.id, member_id=n) for n in range(1, 8)]


def available(book):
    return Account.objects.get(member_id=book.member_id).available


def test_h23_expire_due_catches_up_and_a_second_run_is_a_no_op(books):
    for book in books:
        book.earn(100, expires_at=NOON + DAY)
        book.earn(10, expires_at=NOON + 2 * DAY)
        book.earn(1, expires_at=NOON + 9 * DAY)
        book.spend(30)

    first = services.sweep_all(job="expire", now=NOON + 3 * DAY, limit=3)
    second = services.sweep_all(job="expire", now=NOON + 3 * DAY, limit=3)

    assert (first, second) == (7, 0)
    assert {available(book) for book in books} == {1}
    expired = Entry.objects.filter(kind="expire", member_id=1).order_by("id")
    assert [(e.points, e.occurred_at) for e in expired] == [
        (-70, NOON + DAY),
        (-10, NOON + 2 * DAY),
    ]
    # One event for each chunk, not for each member.
    assert OutboxEvent.objects.filter(name="points.due_swept.v1").count() == 3
    assert OutboxEvent.objects.filter(name="points.expired.v1").count() == 0
    assert list(selectors.reconcile()) == []


def test_h23_a_held_lot_does_not_expire_under_its_hold(books):
    book = books[0]
    book.earn(100, expires_at=NOON + DAY)
    held = book.hold(60, expires_at=NOON + 3 * DAY)

    services.sweep_all(job="expire", now=NOON + 2 * DAY)
    account = Account.objects.get(member_id=1)
    assert (account.available, account.held) == (0, 60)
    book.capture(20, reservation_id=held.reservation_id, now=NOON + 2 * DAY)

    account.refresh_from_db()
    assert (account.available, account.held, account.lifetime_expired) == (0, 0, 80)
    last = Entry.objects.order_by("-id").first()
    assert (last.kind, last.points, last.occurred_at) == ("expire", -40, NOON + 2 * DAY)
    assert list(selectors.reconcile()) == []


def test_h25_pending_points_mature_exactly_once(books):
    for book in books:
        book.earn(100, pending=True, available_at=NOON + DAY, expires_at=NOON + 9 * DAY)
    books[1].spend(0 + 1, now=NOON + 2 * DAY)  # posted on the way

    services.sweep_all(job="activate", now=NOON + 2 * DAY, limit=2)
    services.sweep_all(job="activate", now=NOON + 2 * DAY)

    assert [available(book) for book in books] == [100, 99, 100, 100, 100, 100, 100]
    assert Entry.objects.filter(kind="activate").count() == 7
    assert list(selectors.reconcile()) == []


def test_h25_a_cancelled_order_takes_back_what_is_pending(books):
    book = books[0]
    book.earn(40)
    book.earn(100, pending=True, source="order:1")

    outcome = book.reverse(earned_under="order:1")

    assert outcome.entries[0].pending == -100
    assert available(book) == 40
    book.schedule(source="order:1", available_at=NOON)
    assert Entry.objects.filter(kind="activate").count() == 0


def test_lapse_holds_gives_points_back(books):
    for book in books:
        book.earn(100, expires_at=NOON + 5 * DAY)
        book.hold(60, expires_at=NOON + DAY)

    assert services.sweep_all(job="lapse", now=NOON + DAY) == 7

    assert {available(book) for book in books} == {100}
    assert list(selectors.reconcile()) == []


def test_sweep_follows_the_order_of_time(books):
    """A debt is cleared by what matures before its expiry could take it."""
    book = books[0]
    book.earn(100, source="o1")
    book.spend(100)
    book.reverse(earned_under="o1")
    book.earn(70, pending=True, available_at=NOON + DAY, expires_at=NOON + 2 * DAY)

    services.sweep_all(job="expire", now=NOON + 3 * DAY)

    account = Account.objects.get(member_id=1)
    assert (account.available, account.debt, account.lifetime_expired) == (0, 30, 0)
    assert list(selectors.reconcile()) == []


def test_tasks_sweep_at_the_clock_s_time(books):
    books[0].earn(5, expires_at=NOON)

    assert tasks.expire_due() == 1
    assert tasks.activate_due() == 0
    assert tasks.lapse_holds() == 0


def test_reconcile_exits_zero_without_differences(books):
    books[0].earn(5)
    out = StringIO()

    call_command("reconcile", stdout=out)

    assert "differences: 0" in out.getvalue()


@pytest.mark.parametrize(
    ("table", "change", "check"),
    [
        (Account, {"available": 6}, "account and its lots"),
        (Account, {"lifetime_spent": 6}, "account and its entries"),
        (Account, {"debt": 6}, "members and counter-accounts"),
        (Account, None, "account and its entries"),
        (Lot, {"remaining": 4}, "lot and its entries"),
        (Lot, {"lapsed": 1}, "lot and its expiry"),
        (Lot, {"held": 1}, "lot and its reservations"),
        (Lot, None, "lot and its entries"),
    ],
)
def test_reconcile_finds_what_was_tampered_with(books, table, change, check):
    books[0].earn(5)
    books[1].earn(7)
    rows = table.objects.filter(member_id=1)
    rows.update(**change) if change else rows.delete()
    out = StringIO()

    with pytest.raises(SystemExit) as left:
        call_command("reconcile", stdout=out)

    assert left.value.code == 1
    assert check in out.getvalue()
    assert "member 2" not in out.getvalue()


def test_the_nightly_proof_raises_an_alarm(books):
    books[0].earn(5)
    Account.objects.filter(member_id=1).update(available=6)

    assert tasks.reconcile() > 0

    event = OutboxEvent.objects.get(name="points.ledger_differs.v1")
    assert event.payload["differences"] > 0
