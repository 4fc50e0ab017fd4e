"""Exchanges of a member who is merged into another, before or after."""

from __future__ import annotations

from datetime import timedelta

import pytest

from members import services as members_services
from points import selectors, services
from points.errors import AlreadyReversedError, ExchangeSpentError, MemberLimitError
from points.models import Account, Exchange
from tests.factories.members import make_member
from tests.factories.points import NOON, Book
from tests.points.test_exchange import exchange, pair, publish, reconciled

__all__ = ["pair", "reconciled"]
DAY = timedelta(days=1)


@pytest.fixture
def two(shop):
    """A member and the one that will turn out to be the same, with points."""
    stays, goes = (make_member(shop, now=NOON) for _ in range(2))
    Book(shop.programme.id, goes).earn(500, expires_at=NOON + 90 * DAY)
    return stays, goes


def merge(stays, goes):
    case = members_services.open_case(
        survivor_id=stays, duplicate_id=goes, found="operator", actor="staff:1", now=NOON
    )
    members_services.merge(case_id=case, actor="staff:1", reason="same", now=NOON)
    return case


def undo(member, key="u1", now=NOON):
    row = Exchange.objects.get(member_id=member, reverses=None)
    return services.undo_exchange(
        member_id=member, exchange_id=row.id, key=key, actor="staff:1", reason="slip", now=now
    )


def figures(member, purse):
    return Account.objects.get(
        member_id=member, programme_id=purse.programme_id, currency=purse.currency
    ).available


def test_an_exchange_is_undone_with_whoever_its_giver_became(two, pair):
    stays, goes = two
    publish(pair)
    exchange(pair, 300, member=goes, to=99)
    merge(stays, goes)

    done = undo(goes)

    assert done.out.member_id == stays
    assert (figures(stays, pair[0]), figures(goes, pair[0]), figures(99, pair[1])) == (500, 0, 0)
    assert undo(goes).replayed
    with pytest.raises(AlreadyReversedError):
        undo(goes, key="u2")


def test_an_exchange_is_undone_with_whoever_its_receiver_became(two, pair):
    stays, goes = two
    back = (pair[1], pair[0])
    publish(back, per=1, gives=1, fee_permille=0)
    Book(pair[1].programme_id, 99).earn(200)
    exchange(back, 200, member=99, to=goes)
    merge(stays, goes)

    undo(99)

    assert (figures(stays, pair[0]), figures(goes, pair[0]), figures(99, pair[1])) == (500, 0, 200)


def test_what_expired_after_the_merge_is_not_undone(two, pair):
    stays, goes = two
    back = (pair[1], pair[0])
    publish(back, per=1, gives=1, fee_permille=0)
    Book(pair[1].programme_id, 99).earn(200, expires_at=NOON + DAY)
    exchange(back, 200, member=99, to=goes)
    merge(stays, goes)

    with pytest.raises(ExchangeSpentError):
        undo(99, now=NOON + 2 * DAY)


def test_a_late_exchange_of_a_merged_member_is_the_survivors(two, pair):
    stays, goes = two
    publish(pair)
    merge(stays, goes)

    done = exchange(pair, 300, member=goes, to=99)

    assert done.out.member_id == stays
    assert exchange(pair, 300, member=goes, to=99).replayed
    assert (figures(stays, pair[0]), figures(99, pair[1])) == (200, 148)


def test_what_is_exchanged_for_a_merged_member_reaches_the_survivor(two, pair):
    stays, goes = two
    back = (pair[1], pair[0])
    publish(back, per=1, gives=1, fee_permille=0)
    Book(pair[1].programme_id, 99).earn(200)
    merge(stays, goes)

    done = exchange(back, 200, member=99, to=goes)

    assert done.into.member_id == stays
    assert (figures(stays, pair[0]), figures(goes, pair[0])) == (700, 0)
    assert selectors.get_exchange(member_id=99, out_entry_id=done.out.entry_id).into == done.into


def test_the_days_limit_counts_what_the_merged_member_gave(two, pair):
    stays, goes = two
    publish(pair, member_limit=400)
    exchange(pair, 300, member=goes, to=99)
    merge(stays, goes)
    Book(pair[0].programme_id, stays).earn(500)

    with pytest.raises(MemberLimitError):
        exchange(pair, 200, member=stays, to=99, key="x2")
