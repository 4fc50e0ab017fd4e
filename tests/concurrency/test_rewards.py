"""Behaviors told at once: one reward for a source, never more than the cap."""

from __future__ import annotations

from fractions import Fraction

import pytest

from loyalty.earning import services
from loyalty.earning.models import EarnReward, EarnUsage
from loyalty.earning.types import Action, BehaviorRule, Rule
from members.commerce.types import LineReport, Stage
from tests.concurrency.test_orders import at_once
from tests.factories.loyalty import publish_rules
from tests.factories.members import make_member
from tests.factories.orders import at, figures, make_earning_shop, report, settle_all

pytestmark = pytest.mark.django_db(transaction=True)


def _reward(shop, member, source):
    try:
        return services.reward(
            member_id=member,
            programme_id=shop.programme.id,
            behavior="share",
            source=source,
            occurred_at=at(2),
            now=at(2),
        )
    except services.RewardCapReachedError as refused:
        return refused


def test_h13_the_same_behavior_at_once_is_rewarded_once():
    shop = make_earning_shop()
    publish_rules(shop, behaviors=[BehaviorRule(code="share", points=5)])
    member = make_member(shop)

    given = at_once(12, lambda _: _reward(shop, member, "S-1"))

    assert sum(not one.replayed for one in given) == 1
    assert len({one.entry_id for one in given}) == 1
    assert figures(member) == (5, 0, 0, 0)
    assert EarnReward.objects.count() == 1


def test_h10_a_cap_holds_under_many_at_once():
    shop = make_earning_shop()
    publish_rules(
        shop, behaviors=[BehaviorRule(code="share", points=5, caps={"day": 3, "month": 7})]
    )
    member = make_member(shop)

    given = at_once(16, lambda number: _reward(shop, member, f"S-{number}"))

    refused = [one for one in given if isinstance(one, services.RewardCapReachedError)]
    assert len(given) - len(refused) == 3
    assert {one.period for one in refused} == {"day"}
    assert figures(member) == (15, 0, 0, 0)
    assert set(EarnUsage.objects.values_list("used", flat=True)) == {3}


def test_h15_caps_and_first_orders_hold_under_many_orders_at_once():
    shop = make_earning_shop()
    publish_rules(
        shop,
        Rule(code="d11", action=Action.FACTOR, value=Fraction(2), caps={"day": 150}),
        Rule(code="welcome", action=Action.BONUS, value=Fraction(30), first_order=True),
    )
    member = make_member(shop)
    goods = (LineReport(line_no=1, sku="A", quantity=1, unit_price=10_000),)

    at_once(
        6,
        lambda number: settle_all(
            shop, [report(member, f"SO-{number}", status=Stage.PAID, lines=goods)]
        ),
    )

    assert figures(member) == (0, 600 + 150 + 30, 0, 0)
    assert EarnUsage.objects.get().used == 150
