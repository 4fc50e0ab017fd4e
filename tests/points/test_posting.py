"""Each operation, alone."""

from datetime import timedelta

import pytest

from points import services
from points.models import Account, Lot
from tests.factories.points import NOON, Book

DAY = timedelta(days=1)


def figures(book: Book) -> tuple[int, int, int, int]:
    a = Account.objects.get(member_id=book.member_id)
    return a.available, a.pending, a.held, a.debt


def test_earn_opens_a_lot(book):
    outcome = book.earn(100, expires_at=NOON + 9 * DAY)

    assert figures(book) == (100, 0, 0, 0)
    [entry] = outcome.entries
    assert (entry.kind, entry.points, entry.balance_after) == ("earn", 100, 100)
    assert [(share.points, share.expires_at) for share in entry.lots] == [(100, NOON + 9 * DAY)]


def test_every_operation_moves_what_the_table_says(book):
    book.earn(100, expires_at=NOON + 9 * DAY)
    book.earn(50, pending=True, source="order:1")
    assert figures(book) == (100, 50, 0, 0)
    book.schedule(source="order:1", available_at=NOON + DAY)
    held = book.hold(40, expires_at=NOON + DAY)
    assert figures(book) == (60, 50, 40, 0)
    book.capture(25, reservation_id=held.reservation_id)
    assert figures(book) == (75, 50, 0, 0)
    spent = book.spend(75)
    book.reverse(20, entry_id=spent.entries[0].entry_id)
    assert figures(book) == (20, 50, 0, 0)
    book.reverse(earned_under="order:1")
    assert figures(book) == (20, 0, 0, 0)
    book.adjust(-5)
    book.adjust(7)
    book.spend(2, now=NOON + 9 * DAY)
    assert figures(book) == (5, 0, 0, 0)


def test_batch_answers_in_the_order_of_its_commands(book):
    commands = [
        book.command("earn", 10, member_id=2),
        book.command("spend", 5, member_id=1),
        book.command("earn", 7, member_id=1),
        book.command("spend", 5, member_id=1),
    ]

    outcomes = services.post_batch(commands=commands, now=NOON)

    assert [outcome.points for outcome in outcomes] == [10, 0, 7, -5]
    assert outcomes[1].problem.code == "points.insufficient"
    assert Lot.objects.filter(open=True).count() == 2


def test_spend_refuses_more_than_there_is(book):
    book.earn(10)

    with pytest.raises(services.InsufficientPointsError):
        book.spend(11)

    assert figures(book) == (10, 0, 0, 0)
