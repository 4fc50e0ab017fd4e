"""Whatever comes in whatever order: the books add up, and tiers keep their promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty import calendar, standings
from loyalty.standings import State
from loyalty.types import Ladder, Measure, Tier, Why

ZONE = ZoneInfo("America/New_York")
START = datetime(2024, 1, 31, 4, 30, tzinfo=UTC)
THRESHOLDS = (0, 30, 80, 200, 500)

amounts = st.integers(0, 300)
minutes = st.integers(0, 700 * 24 * 60)
orders = st.lists(st.tuples(minutes, amounts), min_size=1, max_size=12)
ladders = st.builds(
    Ladder,
    programme_id=st.just(1),
    version=st.just(1),
    measure=st.sampled_from(Measure),
    validity_months=st.integers(1, 24),
    grace_days=st.sampled_from([0, 0, 30]),
    steps_down=st.sampled_from([0, 1, 1, 2]),
    published_at=st.just(START),
    tiers=st.just(
        tuple(
            Tier(code=f"t{i}", rank=i, name_zh="", name_en="", threshold=t, multiplier=Fraction(1))
            for i, t in enumerate(THRESHOLDS)
        )
    ),
)
ROLLING = Ladder(
    programme_id=1,
    version=1,
    measure=Measure.ROLLING_SPEND,
    validity_months=12,
    grace_days=0,
    steps_down=1,
    tiers=tuple(
        Tier(code=f"t{i}", rank=i, name_zh="", name_en="", threshold=t, multiplier=Fraction(1))
        for i, t in enumerate(THRESHOLDS)
    ),
)


def fresh(ladder: Ladder) -> State:
    return State(member_id=1, ladder=ladder, zone=ZONE, ladder_version=1)


def moment(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def count(state: State, n: int, minute: int, amount: int) -> None:
    standings.count(state, spend=amount, growth=amount, source=f"o{n}", at=moment(minute))


def refund(state: State, n: int, minute: int, amount: int, at: datetime) -> None:
    day = calendar.day_of(moment(minute), ZONE)
    standings.take_back(state, day=day, spend=amount, growth=amount, source=f"o{n}", at=at)


def check(state: State) -> None:
    """What must hold after every step."""
    ranks = [state.rank_of(grant) for grant in state.grants]
    assert ranks == sorted(set(ranks))
    assert 0 not in ranks
    assert state.days == sorted(set(state.days))
    assert all(spend >= 0 for spend in state.spends)
    assert (state.until is None) == (state.tier is state.ladder.lowest)
    numbers = [change.number for change in state.written]
    assert numbers == list(range(1, len(numbers) + 1))
    for earlier, later in zip(state.written, state.written[1:], strict=False):
        assert earlier.to_code == later.from_code
    if state.written:
        assert state.written[-1].to_code == state.tier.code


@given(ladder=ladders, bought=orders)
def test_window_is_exactly_the_orders_of_twelve_months(ladder: Ladder, bought):
    state = fresh(ladder)
    for n, (minute, amount) in enumerate(bought):
        count(state, n, minute, amount)
    last = max(minute for minute, _ in bought)
    today = calendar.day_of(moment(last), ZONE)
    after = calendar.before_window(ladder.measure, today)

    exact = sum(
        amount
        for minute, amount in bought
        if after < calendar.day_of(moment(minute), ZONE) <= today
    )

    assert state.amount(today) == exact
    check(state)


@given(ladder=ladders, bought=orders, wait=st.integers(0, 900))
def test_downgrades_wait_for_the_date_and_go_no_further_than_allowed(ladder, bought, wait):
    state = fresh(ladder)
    for n, (minute, amount) in enumerate(sorted(bought)):
        count(state, n, minute, amount)
        check(state)
    standings.end_due(state, moment(max(m for m, _ in bought)) + timedelta(days=wait))
    check(state)

    by_code = {tier.code: tier.rank for tier in ladder.tiers}
    until = None
    for line in state.written:
        fell = by_code[line.from_code] - by_code[line.to_code]
        if line.why is Why.DOWNGRADED:
            assert line.occurred_at == until
            assert fell >= 1
            assert not ladder.steps_down or fell <= ladder.steps_down
        if line.why is Why.PROTECTED:
            assert fell == 0
        until = line.until


@given(
    bought=st.lists(st.tuples(st.integers(0, 360 * 24 * 60), amounts), max_size=8), data=st.data()
)
def test_order_of_arrival_within_a_term_does_not_change_the_tier(bought, data):
    shuffled = data.draw(st.permutations(list(enumerate(bought))))
    straight, mixed = fresh(ROLLING), fresh(ROLLING)

    for n, (minute, amount) in sorted(enumerate(bought), key=lambda item: item[1][0]):
        count(straight, n, minute, amount)
    for n, (minute, amount) in shuffled:
        count(mixed, n, minute, amount)
        check(mixed)

    assert (mixed.days, mixed.spends) == (straight.days, straight.spends)
    assert mixed.tier.code == straight.tier.code
    if straight.until is not None:
        # Coming late never shortens what was promised.
        assert mixed.until is not None
        assert mixed.until >= straight.until


@given(bought=orders, data=st.data())
def test_everything_refunded_at_once_leaves_the_lowest_tier_and_nothing_counted(bought, data):
    state = fresh(ROLLING)
    bought = sorted((minute % (360 * 24 * 60), amount) for minute, amount in bought)
    for n, (minute, amount) in enumerate(bought):
        count(state, n, minute, amount)
    end = moment(bought[-1][0])
    for n in data.draw(st.permutations(range(len(bought)))):
        minute, amount = bought[n]
        refund(state, n, minute, amount, end)
        check(state)

    assert sum(state.spends) == 0
    assert state.tier.rank == 0


@given(bought=orders, data=st.data())
def test_any_partition_of_a_refund_comes_to_the_same(bought, data):
    bought = sorted((minute % (360 * 24 * 60), amount) for minute, amount in bought)
    whole, parts = fresh(ROLLING), fresh(ROLLING)
    for n, (minute, amount) in enumerate(bought):
        count(whole, n, minute, amount)
        count(parts, n, minute, amount)
    n = data.draw(st.integers(0, len(bought) - 1))
    minute, amount = bought[n]
    taken = data.draw(st.integers(0, amount))
    cut = data.draw(st.integers(0, taken))
    end = moment(bought[-1][0])

    refund(whole, n, minute, taken, end)
    refund(parts, n, minute, cut, end)
    refund(parts, n, minute, taken - cut, end)

    assert whole.spends == parts.spends
    assert (whole.tier.code, whole.until) == (parts.tier.code, parts.until)


@settings(max_examples=200)
@given(ladder=ladders, bought=orders, data=st.data())
def test_a_refund_never_raises_and_lowers_only_what_its_order_brought(ladder, bought, data):
    state = fresh(ladder)
    for n, (minute, amount) in enumerate(sorted(bought)):
        count(state, n, minute, amount)
    n = data.draw(st.integers(0, len(bought) - 1))
    minute, amount = sorted(bought)[n]
    before, grants = state.tier.rank, list(state.grants)
    end = moment(max(m for m, _ in bought))

    refund(state, n, minute, amount, end)

    check(state)
    assert state.tier.rank <= before
    if all(grant.source not in (f"o{n}", standings.ANY) for grant in grants):
        assert state.tier.rank == before
