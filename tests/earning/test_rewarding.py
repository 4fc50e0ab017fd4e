"""Behaviors: rewarded once for a source, within their caps, and explained."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection

from config.kernel import explain, relay
from loyalty.earning import services, tasks
from loyalty.earning.models import EarnReward, EarnUsage
from loyalty.earning.types import BehaviorRule, Validity
from members import services as members_services
from points import selectors as points_selectors
from points import services as points_services
from points.types import Reverse
from tests.factories.loyalty import publish_rules
from tests.factories.members import make_member
from tests.factories.orders import at, make_earning_shop
from tests.factories.programmes import OPENED, Shop
from tests.members.test_merging import merge, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_earning_shop()


@pytest.fixture
def member(shop: Shop) -> int:
    return make_member(shop, now=at(1))


def offer(shop: Shop, *behaviors: BehaviorRule, now: datetime = OPENED) -> None:
    publish_rules(shop, behaviors=behaviors, now=now)


def reward(shop: Shop, member: int, behavior: str = "review", **changes: Any) -> Any:
    values: dict[str, Any] = {
        "member_id": member,
        "programme_id": shop.programme.id,
        "behavior": behavior,
        "source": "R-1",
        "occurred_at": at(2),
        "now": at(2),
    }
    return services.reward(**values | changes)


def balance(shop: Shop, member: int) -> int:
    return points_selectors.get_balance(
        member_id=member, programme_id=shop.programme.id, at=at(28), now=at(28)
    ).available


def test_the_defaults_give_what_the_papers_say(shop, member):
    given = {
        behavior: reward(shop, member, behavior).points
        for behavior in ("review", "review_photo", "share")
    }

    assert given == {"review": 20, "review_photo": 50, "share": 5}
    assert balance(shop, member) == 75


def test_h13_a_source_is_rewarded_once_by_constraint(shop, member):
    first = reward(shop, member)
    again = reward(shop, member, occurred_at=at(5), now=at(5), idempotency_key="another")

    assert (first.replayed, again.replayed) == (False, True)
    assert (again.entry_id, again.points) == (first.entry_id, 20)
    assert balance(shop, member) == 20
    row = EarnReward.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError, match="earning_behavior_is_rewarded_once"):
        EarnReward.objects.bulk_create([row])


def test_h4_what_was_given_stays_though_the_rule_changed(shop, member):
    first = reward(shop, member)
    offer(shop, BehaviorRule(code="review", points=500), now=at(3))

    assert reward(shop, member, now=at(4)).points == first.points == 20
    assert reward(shop, member, source="R-2", occurred_at=at(4), now=at(4)).points == 500


@pytest.mark.parametrize(
    ("caps", "until"),
    [
        ({"day": 2}, datetime(2026, 11, 2, 16, tzinfo=UTC)),
        ({"week": 2}, datetime(2026, 11, 8, 16, tzinfo=UTC)),
        ({"month": 2}, datetime(2026, 11, 30, 16, tzinfo=UTC)),
        ({"member": 2}, None),
    ],
)
def test_a_cap_that_is_reached_says_until_when(shop, member, caps, until):
    offer(shop, BehaviorRule(code="share", points=5, caps=caps))
    for number in (1, 2):
        reward(shop, member, "share", source=f"S-{number}")

    with pytest.raises(services.RewardCapReachedError) as refused:
        reward(shop, member, "share", source="S-3")

    assert refused.value.until == until
    assert refused.value.errors[0].code == f"reward.cap_reached.{next(iter(caps))}"
    assert balance(shop, member) == 10
    assert EarnReward.objects.count() == 2
    assert set(EarnUsage.objects.values_list("used", flat=True)) == {2}
    if until is not None:
        # The very instant the period ends, the cap begins anew.
        assert reward(shop, member, "share", source="S-3", occurred_at=until, now=until).points == 5


def test_a_refused_cap_leaves_the_other_counters_alone(shop, member):
    offer(shop, BehaviorRule(code="share", points=5, caps={"day": 5, "member": 1}))
    reward(shop, member, "share")

    with pytest.raises(services.RewardCapReachedError):
        reward(shop, member, "share", source="S-2")

    assert set(EarnUsage.objects.values_list("used", flat=True)) == {1}


def test_h21_the_day_of_a_cap_is_the_programmes(shop, member):
    offer(shop, BehaviorRule(code="share", points=5, caps={"day": 1}))
    reward(shop, member, "share", occurred_at=at(2, 23), now=at(2, 23))

    midnight = at(2, 23) + timedelta(hours=1)

    assert (
        reward(shop, member, "share", source="S-2", occurred_at=midnight, now=midnight).points == 5
    )


def test_h24_a_day_is_the_programmes_local_date_though_it_lasts_25_hours():
    shop = make_earning_shop(timezone="America/New_York")
    member = make_member(shop, now=OPENED)
    offer(shop, BehaviorRule(code="share", points=5, caps={"day": 1}))
    # The clocks go back on 1 November 2026: from its midnight to the next are 25 hours.
    first = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    last = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)
    after = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)

    assert reward(shop, member, "share", occurred_at=first, now=first).points == 5
    with pytest.raises(services.RewardCapReachedError) as refused:
        reward(shop, member, "share", source="S-2", occurred_at=last, now=last)
    assert refused.value.until == after
    assert reward(shop, member, "share", source="S-3", occurred_at=after, now=after).points == 5
    # What is kept is the date, so that another zone or a journey changes nothing of it.
    periods = EarnUsage.objects.order_by("period").values_list("period", flat=True)
    assert list(periods) == ["day:2026-11-01", "day:2026-11-02"]


def test_what_is_not_offered_is_refused(shop, member):
    offer(shop, BehaviorRule(code="review", points=20, active=False))

    for behavior in ("review", "dancing"):
        with pytest.raises(services.RewardUnknownError):
            reward(shop, member, behavior)


@pytest.mark.parametrize("wrong", [{"source": ""}, {"source": "x" * 79}, {"occurred_at": at(9)}])
def test_nonsense_is_refused(shop, member, wrong):
    with pytest.raises(services.RewardInvalidError):
        reward(shop, member, **wrong)


def test_points_of_a_behavior_last_as_long_as_its_row_says(shop, member):
    offer(shop, BehaviorRule(code="share", points=5, validity=Validity(unit="days", count=7)))

    assert reward(shop, member, "share").expires_at == datetime(2026, 11, 9, 16, tzinfo=UTC)
    # Without one, the programme's 24 months.
    other = make_earning_shop("other")
    assert reward(other, make_member(other)).expires_at == datetime(2028, 11, 30, 16, tzinfo=UTC)


def test_the_entry_of_a_reward_is_explained(shop, member):
    reward(shop, member)

    told = explain.explain(member_id=member, source="review:R-1")

    assert told is not None
    assert told.rule_version == "earn_rules:1"
    assert told.arithmetic[0]["rule"] == "review"
    assert told.arithmetic[0]["points"] == 20
    assert told.inputs["behavior"] == "review"


def test_h1_a_reward_can_be_reversed_by_its_source(shop, member):
    reward(shop, member)

    points_services.post(
        command=Reverse(
            member_id=member,
            programme_id=shop.programme.id,
            key="k",
            source="review:R-1",
            occurred_at=at(3),
            earned_under="review:R-1",
            cause="review removed",
        ),
        now=at(3),
    )

    assert balance(shop, member) == 0
    assert reward(shop, member, now=at(4)).replayed


def test_nothing_stays_of_a_reward_that_fails_at_the_end(shop, member, monkeypatch):
    def fail(**_: Any) -> None:
        raise RuntimeError("power")

    monkeypatch.setattr("loyalty.earning.services.rewarding.record_decisions", fail)

    with pytest.raises(RuntimeError, match="power"):
        reward(shop, member)

    assert not EarnReward.objects.exists()
    assert not EarnUsage.objects.exists()
    assert balance(shop, member) == 0


# --- What the system sees itself ----------------------------------------------------------


def test_sign_up_is_welcomed_once_where_the_rules_say_so(shop):
    offer(shop, BehaviorRule(code="sign_up", points=50, caps={"member": 1}))

    member = make_member(shop, now=at(1))
    relay.drain(now=at(1))
    relay.drain(now=at(1))

    assert balance(shop, member) == 50


def test_sign_up_earns_nothing_by_default(shop, member):
    relay.drain(now=at(1))

    assert not EarnReward.objects.exists()


def test_a_profile_is_rewarded_when_it_is_complete(shop, member):
    offer(shop, BehaviorRule(code="profile", points=30))

    def change(**changes: Any) -> None:
        members_services.update_profile(
            member_id=member, changes=changes, actor="member", now=at(2)
        )
        relay.drain(now=at(2))

    change(nickname="Lin", gender="f")
    assert balance(shop, member) == 0
    change(birthday=date(1990, 5, 1))
    change(nickname="Lina")

    assert balance(shop, member) == 30


def born(shop: Shop, day: date, joined: datetime = OPENED) -> int:
    return make_member(shop, now=joined, birthday=day)


def celebrate(shop: Shop, now: datetime) -> int:
    return services.reward_birthdays(programme_id=shop.programme.id, now=now)


def test_birthdays_are_the_programmes_days_and_come_once_a_year(shop):
    offer(shop, BehaviorRule(code="birthday", points=100))
    member = born(shop, date(1990, 11, 20))
    eve = datetime(2026, 11, 19, 15, 59, tzinfo=UTC)

    assert celebrate(shop, eve) == 0
    assert celebrate(shop, eve + timedelta(minutes=1)) == 1
    assert celebrate(shop, eve + timedelta(days=3)) == 0
    assert balance(shop, member) == 100
    assert EarnReward.objects.get().source == "2026"
    assert celebrate(shop, datetime(2027, 11, 20, 4, tzinfo=UTC)) == 1


@pytest.mark.parametrize(
    ("year", "day"), [(2027, 28), (2028, 29)], ids=["clamped in 2027", "a day of its own in 2028"]
)
def test_h22_leap_day_birthdays(shop, year, day):
    offer(shop, BehaviorRule(code="birthday", points=100))
    born(shop, date(2000, 2, 29))

    assert celebrate(shop, datetime(year, 2, day, 0, tzinfo=UTC) - timedelta(hours=9)) == 0
    assert celebrate(shop, datetime(year, 2, day, 0, tzinfo=UTC)) == 1


def test_missed_birthdays_are_caught_up_on_but_not_those_before_joining(shop):
    offer(shop, BehaviorRule(code="birthday", points=100))
    born(shop, date(1990, 11, 16))
    born(shop, date(1990, 11, 16), joined=at(18))
    born(shop, date(1990, 11, 1))

    assert celebrate(shop, at(20)) == 1


def test_the_task_asks_every_programme(shop, monkeypatch):
    offer(shop, BehaviorRule(code="birthday", points=100))
    make_earning_shop("other")
    monkeypatch.setattr("config.kernel.clock.now", lambda: at(20))
    born(shop, date(1990, 11, 20))

    assert tasks.reward_birthdays() == 1


def test_a_reward_takes_few_statements(shop, member, django_assert_max_num_queries):
    reward(shop, member)

    with django_assert_max_num_queries(12):
        reward(shop, member, source="R-2")
    assert connection.in_atomic_block


# --- Accounts that became one ---------------------------------------------------------------


def test_a_cap_is_the_persons_and_not_the_accounts(shop, member):
    offer(shop, BehaviorRule(code="share", points=5, caps={"day": 3, "member": 4}))
    other = make_member(shop, now=at(1))
    for number in (1, 2):
        reward(shop, other, "share", source=f"O-{number}")
    reward(shop, member, "share", source="S-1")
    case = merge(member, other, at(2, 3))

    for told_of in (member, other):
        with pytest.raises(services.RewardCapReachedError):
            reward(shop, told_of, "share", source="S-2")
    # Late news of the old account: what was rewarded is rewarded once.
    assert reward(shop, member, "share", source="O-1").replayed
    assert reward(shop, other, "share", source="N-1", occurred_at=at(3), now=at(3)).points == 5
    with pytest.raises(services.RewardCapReachedError) as refused:
        reward(shop, member, "share", source="N-2", occurred_at=at(3), now=at(3))
    assert refused.value.until is None

    undo(case, at(4))
    assert reward(shop, other, "share", source="O-9", occurred_at=at(4), now=at(4)).points == 5
    assert usage(other) == {"day:2026-11-02": 2, "day:2026-11-04": 1, "member": 3}
    assert usage(member) == {"day:2026-11-02": 1, "day:2026-11-03": 1, "member": 2}


def usage(member: int) -> dict[str, int]:
    return dict(EarnUsage.objects.filter(member_id=member).values_list("period", "used"))
