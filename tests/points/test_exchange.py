"""Points of one programme against points of another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from points import errors, selectors, services
from points.models import Account, Entry, Exchange, ExchangeDay
from points.types import Purse, Rate, Rounding
from tests.factories.points import NOON, Book
from tests.factories.programmes import make_shop

DAY = timedelta(days=1)


@pytest.fixture
def pair(shop):
    return Purse(programme_id=shop.programme.id), Purse(programme_id=make_shop("b").programme.id)


@pytest.fixture
def rate(pair):
    return publish(pair)


@pytest.fixture(autouse=True)
def reconciled(db):
    yield
    assert list(selectors.reconcile()) == []


def publish(pair, **terms):
    source, target = pair
    values: dict[str, Any] = {"per": 2, "gives": 1, "fee_permille": 10, "minimum": 100, "step": 10}
    values |= {"price": 700, "begins_at": NOON} | terms
    rate = Rate(id=0, version=0, source=source, target=target, **values)
    return services.publish_rate(rate=rate, actor="staff:1", reason="agreed", now=NOON)


def exchange(pair, points, *, key="x1", member=1, now=NOON, **fields):
    source, target = pair
    return services.exchange(
        member_id=member,
        to_member_id=fields.pop("to", member),
        source=source,
        target=target,
        points=points,
        key=key,
        now=now,
        **fields,
    )


def available(purse, member=1):
    return Account.objects.get(member_id=member, programme_id=purse.programme_id).available


def test_both_entries_are_posted_against_the_clearing_account(book, pair, rate):
    book.earn(500)

    done = exchange(pair, 300)

    # 1 % of 300 is the fee; 297 at two for one is 148, rounded down once.
    assert (done.quote.fee, done.quote.received) == (3, 148)
    assert [(e.kind, e.points, e.balance_after) for e in (done.out, done.into)] == [
        ("exchange_out", -300, 200),
        ("exchange_in", 148, 148),
    ]
    assert set(Entry.objects.filter(kind__startswith="ex").values_list("counter", flat=True)) == {
        "exchange"
    }
    assert (available(pair[0]), available(pair[1])) == (200, 148)
    assert done.out.rule == f"rate:{rate.id}"


def test_the_same_key_exchanges_once_and_answers_the_same(book, pair, rate):
    book.earn(500)

    first = exchange(pair, 300)
    again = exchange(pair, 300, now=NOON + DAY)

    assert again.replayed
    assert (again.out, again.into, again.quote) == (first.out, first.into, first.quote)
    with pytest.raises(services.KeyReusedError):
        exchange(pair, 200)
    assert available(pair[0]) == 200


@pytest.mark.parametrize(
    ("points", "error"),
    [
        (50, "exchange.amount"),
        (105, "exchange.amount"),
        (0, "points.invalid"),
        (-100, "points.invalid"),
        (10**13, "points.invalid"),
        (600, "points.insufficient"),
    ],
)
def test_what_cannot_be_exchanged_moves_nothing(book, pair, rate, points, error):
    book.earn(500)

    with pytest.raises(services.DomainError) as refused:
        exchange(pair, points)

    assert refused.value.code == error
    assert Entry.objects.count() == 1
    assert not Exchange.objects.exists()


def test_without_a_rate_there_is_no_exchange(book, pair):
    book.earn(500)

    with pytest.raises(services.DomainError) as refused:
        exchange(pair, 100)

    assert refused.value.code == "exchange.no_rate"


def test_a_rate_holds_from_its_date_and_a_closed_one_ends_it(book, pair, rate):
    book.earn(1000)
    publish(pair, per=1, gives=1, begins_at=NOON + DAY, fee_permille=0)
    publish(pair, begins_at=NOON + 2 * DAY, closed=True)

    assert exchange(pair, 100).quote.received == 49
    assert exchange(pair, 100, key="x2", now=NOON + DAY).quote.received == 100
    with pytest.raises(services.DomainError) as refused:
        exchange(pair, 100, key="x3", now=NOON + 2 * DAY)
    assert refused.value.code == "exchange.no_rate"
    # What was done is told by the rate that did it.
    assert exchange(pair, 100, now=NOON + 3 * DAY).rate == rate


@pytest.mark.parametrize(
    ("terms", "given", "fee", "received"),
    [
        ({"per": 3, "gives": 2, "fee_permille": 0}, 100, 0, 66),
        ({"per": 3, "gives": 2, "fee_permille": 0, "rounding": Rounding.NEAREST}, 100, 0, 67),
        ({"per": 3, "gives": 2, "fee_permille": 0, "rounding": Rounding.NEAREST}, 110, 0, 73),
        ({"per": 1, "gives": 1, "fee_permille": 5, "fee_fixed": 20}, 110, 21, 89),
        ({"per": 1, "gives": 100, "fee_permille": 0}, 110, 0, 11000),
    ],
)
def test_h37_rounding_and_fee_are_done_once_and_stated(pair, terms, given, fee, received):
    quoted = publish(pair, **terms).quote(given)

    assert (quoted.fee, quoted.received) == (fee, received)


def test_a_member_has_a_limit_for_each_day(book, pair):
    publish(pair, member_limit=250)
    book.earn(1000)

    exchange(pair, 200)
    with pytest.raises(errors.MemberLimitError) as refused:
        exchange(pair, 100, key="x2")

    assert refused.value.had == 50
    # Noon UTC+8: the next local day begins 12 hours later.
    exchange(pair, 200, key="x3", now=NOON + timedelta(hours=12))
    assert available(pair[0]) == 600


def test_everyone_together_has_a_limit_for_each_day(shop, pair):
    publish(pair, pair_limit=500)
    for member in (1, 2):
        Book(shop.programme.id, member).earn(1000)

    exchange(pair, 300)
    with pytest.raises(errors.PairLimitError) as refused:
        exchange(pair, 300, member=2, key="x2")
    exchange(pair, 200, member=2, key="x3")

    assert refused.value.had == 200
    assert ExchangeDay.objects.get().given == 500


def test_h7_received_points_keep_the_earlier_end_of_those_given(book, pair):
    publish(pair, per=1, gives=1, fee_permille=0)
    book.earn(30, expires_at=NOON + DAY)
    book.earn(80, expires_at=NOON + 9 * DAY)
    book.earn(500)

    done = exchange(pair, 120)

    ends = [(share.points, share.expires_at) for share in done.into.lots]
    assert ends[:2] == [(30, NOON + DAY), (80, NOON + 9 * DAY)]
    # The last part never expired; here it is valid as new points are.
    assert ends[2][0] == 10
    assert ends[2][1].year == 2028


def test_a_debt_is_cleared_by_what_comes_in(book, pair, shop):
    publish(pair, per=1, gives=1, fee_permille=0)
    book.earn(500)
    other = Book(pair[1].programme_id)
    other.earn(80, source="order:1")
    other.spend(80)
    other.reverse(earned_under="order:1")

    exchange(pair, 100)

    account = Account.objects.get(programme_id=pair[1].programme_id)
    assert (account.available, account.debt) == (20, 0)


def undo(member=1, key="u1", now=NOON + DAY):
    return services.undo_exchange(
        member_id=member,
        exchange_id=Exchange.objects.filter(reverses=None).latest("id").id,
        key=key,
        actor="staff:1",
        reason="mistake",
        now=now,
    )


def test_an_exchange_is_undone_whole_to_the_lots_it_came_from(book, pair, rate):
    book.earn(200, expires_at=NOON + 9 * DAY)
    book.earn(300)
    exchange(pair, 300)

    done = undo()

    assert (available(pair[0]), available(pair[1])) == (500, 0)
    assert {s.expires_at for s in done.out.lots} == {None, NOON + 9 * DAY}
    assert [(e.kind, e.reverses is not None) for e in (done.out, done.into)] == [
        ("reverse", True)
    ] * 2
    assert undo().replayed
    with pytest.raises(services.AlreadyReversedError):
        undo(key="u2")
    assert ExchangeDay.objects.get().given == 0


def test_an_exchange_whose_points_are_spent_stands(book, pair, rate):
    book.earn(500)
    done = exchange(pair, 300)
    Book(pair[1].programme_id).spend(1)

    with pytest.raises(errors.ExchangeSpentError) as refused:
        undo(now=NOON)

    assert refused.value.had == 147
    with pytest.raises(services.NotReversibleError):
        book.reverse(entry_id=done.out.entry_id)


def test_the_settlement_of_a_day_ties_to_the_ledger(book, pair, rate, shop):
    Book(shop.programme.id, 2).earn(1000)
    book.earn(1000)
    exchange(pair, 300)
    exchange(pair, 500, member=2, key="x2")
    undo(member=2, now=NOON)
    exchange(pair, 400, key="x3", now=NOON + DAY)

    first, second = selectors.list_settlement(source=pair[0], target=pair[1])

    assert (second.exchanges, second.undone) == (2, 1)
    assert (second.given, second.fee, second.received) == (300, 3, 148)
    # 148 points at 700 fen a thousand.
    assert second.owed == 104
    assert (first.given, first.received, first.owed) == (400, 198, 139)
    assert first.ties
    assert second.ties


def test_points_may_go_to_another_membership_of_the_same_person(book, pair, rate):
    book.earn(500)

    done = exchange(pair, 300, to=7)

    assert done.into.member_id == 7
    assert available(pair[1], member=7) == 148
    undo()
    assert available(pair[1], member=7) == 0


@pytest.mark.parametrize(
    "terms",
    [
        {"per": 0},
        {"gives": -1},
        {"fee_permille": 1001},
        {"step": 0},
        {"member_limit": 0},
        {"begins_at": NOON - DAY},
    ],
)
def test_a_rate_that_contradicts_itself_is_refused(pair, terms):
    with pytest.raises(services.DomainError) as refused:
        publish(pair, **terms)

    assert refused.value.code == "exchange.rate_invalid"


def test_points_are_not_exchanged_for_themselves(pair, rate):
    with pytest.raises(services.DomainError) as refused:
        services.publish_rate(
            rate=replace(rate, target=rate.source), actor="a", reason="r", now=NOON
        )

    assert refused.value.code == "exchange.rate_invalid"
