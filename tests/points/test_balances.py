"""What a balance shows: now, then, and what time will have done."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from points import selectors
from points.types import Balance, validity_end
from tests.factories.points import NOON, Book

DAY = timedelta(days=1)


def balance(book: Book, at: datetime = NOON, now: datetime = NOON) -> Balance:
    return selectors.get_balance(
        member_id=book.member_id, programme_id=book.programme_id, at=at, now=now
    )


def test_balance_of_an_unknown_member_is_zero(book):
    assert balance(book).total == 0


def test_balance_lists_what_expires(book):
    book.earn(100, expires_at=NOON + 9 * DAY)
    book.earn(30, expires_at=NOON + 9 * DAY)
    book.earn(5, expires_at=NOON + 2 * DAY)
    book.earn(1)

    shown = balance(book)

    assert shown.available == 136
    assert [(x.at, x.points) for x in shown.expiring] == [
        (NOON + 2 * DAY, 5),
        (NOON + 9 * DAY, 130),
    ]
    assert shown.lifetime_earned == 136


def test_h23_balance_shows_what_is_due_as_done_swept_or_not(book):
    book.earn(100, expires_at=NOON + 9 * DAY)
    book.earn(50, pending=True, available_at=NOON + DAY, expires_at=NOON + 20 * DAY)
    book.hold(30, expires_at=NOON + 10 * DAY)

    before = balance(book, at=NOON + 9 * DAY - timedelta(microseconds=1))
    at_expiry = balance(book, at=NOON + 9 * DAY)
    after_lapse = balance(book, at=NOON + 10 * DAY)

    assert (before.available, before.pending, before.held) == (120, 0, 30)
    assert (at_expiry.available, at_expiry.held, at_expiry.lifetime_expired) == (50, 30, 70)
    assert (after_lapse.available, after_lapse.held, after_lapse.lifetime_expired) == (50, 0, 100)


def test_get_balances_shows_due_things_of_each_member(book):
    book.earn(100, expires_at=NOON + DAY)
    Book(book.programme_id, member_id=2).earn(7)

    found = selectors.get_balances(
        member_ids=[1, 2, 3], programme_id=book.programme_id, at=NOON + DAY
    )

    assert [found[i].available for i in (1, 2, 3)] == [0, 7, 0]


def test_balance_as_of_counts_what_had_occurred(book):
    book.earn(100, now=NOON, expires_at=NOON + 5 * DAY)
    book.spend(40, now=NOON + 2 * DAY)
    book.earn(1, now=NOON + 9 * DAY)

    now = NOON + 9 * DAY
    seen = [balance(book, at=NOON + n * DAY, now=now) for n in (-1, 0, 2, 5, 9)]

    assert [x.available for x in seen] == [0, 100, 60, 0, 1]
    assert [x.lifetime_expired for x in seen] == [0, 0, 0, 60, 60]
    assert [[y.points for y in x.expiring] for x in seen] == [[], [100], [60], [], []]


def test_balance_as_of_needs_no_sweep(book):
    book.earn(100, now=NOON, expires_at=NOON + 5 * DAY)

    assert balance(book, at=NOON + 6 * DAY, now=NOON + 9 * DAY).available == 0


def test_entries_come_newest_first_and_page_by_key(book):
    for points in (1, 2, 3):
        book.earn(points)
    kind = {"member_ids": [1], "programme_id": book.programme_id}

    first = selectors.list_entries(**kind, limit=2)
    second = selectors.list_entries(**kind, limit=2, before=first.next_before)

    assert [entry.points for entry in first.entries] == [3, 2]
    assert [entry.balance_after for entry in second.entries] == [1]
    assert second.next_before is None


@pytest.mark.parametrize(
    ("zone", "earned_at", "months", "expected"),
    [
        ("Asia/Shanghai", "2026-11-20T10:00+08:00", 24, "2028-12-01T00:00+08:00"),
        # Still the month before, by the shop's own clock.
        ("America/New_York", "2026-11-01T03:00+00:00", 12, "2027-11-01T00:00-04:00"),
        # The clocks change within the month: the offset is that of the day itself.
        ("Europe/London", "2026-02-10T00:00+00:00", 1, "2026-04-01T00:00+01:00"),
        ("Europe/London", "2026-09-10T00:00+00:00", 1, "2026-11-01T00:00+00:00"),
        # New York springs forward on 2026-03-08 and falls back on 2026-11-01.
        ("America/New_York", "2026-01-31T23:59-05:00", 1, "2026-03-01T00:00-05:00"),
        ("America/New_York", "2026-02-01T00:00-05:00", 1, "2026-04-01T00:00-04:00"),
        ("Asia/Shanghai", "2028-02-29T12:00+08:00", 12, "2029-03-01T00:00+08:00"),
        ("Asia/Shanghai", "2026-12-31T23:59+08:00", 1, "2027-02-01T00:00+08:00"),
    ],
)
def test_h22_validity_ends_with_the_local_month(zone, earned_at, months, expected):
    end = validity_end(
        earned_at=datetime.fromisoformat(earned_at), months=months, zone=ZoneInfo(zone)
    )

    assert end is not None
    assert end.astimezone(UTC) == datetime.fromisoformat(expected)


def test_no_months_no_expiry():
    assert validity_end(earned_at=NOON, months=0, zone=ZoneInfo("UTC")) is None
