"""Earn rules: drafted, compared, published, applied by the time of payment, and explained."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from config.kernel import explain
from config.kernel.models import AuditRecord
from loyalty.earning import selectors, services
from loyalty.earning.models import EarnDecision, EarnRuleVersion
from loyalty.earning.types import Action, DecisionRecord, LineFacts, Rule, RulesDraft
from tests.factories.loyalty import make_rules
from tests.factories.programmes import OPENED, Shop, make_shop

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
ONE = Fraction(1)
HALF = RulesDraft(rate=Fraction(1, 200), growth_rate=Fraction(1, 100))


def factor(value: str, **kwargs: Any) -> Rule:
    return Rule(code="double", action=Action.FACTOR, value=Fraction(value), **kwargs)


pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = make_shop()
    make_rules(shop)
    return shop


def said(shop: Shop, now: datetime = NOW) -> dict[str, Any]:
    return {"programme_id": shop.programme.id, "actor": "staff:1", "reason": "spring", "now": now}


def test_defaults_are_one_point_and_one_growth_per_yuan(shop: Shop):
    rules = selectors.get_rules(programme_id=shop.programme.id, at=NOW)

    assert (rules.rate, rules.growth_rate) == (Fraction(1, 100), Fraction(1, 100))
    assert rules.tier_multiplier is True
    make_rules(shop)
    assert EarnRuleVersion.objects.count() == 1


def test_flat_defaults_leave_the_tiers_out():
    shop = make_shop("ukgift", "GBP", "Europe/London")
    make_rules(shop, flat=True)

    assert selectors.get_rules(programme_id=shop.programme.id, at=NOW).tier_multiplier is False


def test_no_rules_is_said_so():
    with pytest.raises(services.RulesNotFoundError):
        selectors.get_rules(programme_id=make_shop().programme.id, at=NOW)


def test_h26_rules_apply_by_the_time_of_payment(shop: Shop):
    version = services.draft_rules(draft=HALF, **said(shop))
    services.publish_rules(version=version, **said(shop))

    def rate_at(at: datetime) -> Fraction:
        return selectors.get_rules(programme_id=shop.programme.id, at=at).rate

    assert rate_at(NOW) == Fraction(1, 200)
    assert rate_at(NOW - timedelta(microseconds=1)) == Fraction(1, 100)
    # Before all rules, the earliest.
    assert rate_at(OPENED - timedelta(days=400)) == Fraction(1, 100)


def test_compare_tells_what_a_draft_would_change(shop: Shop):
    version = services.draft_rules(draft=HALF, **said(shop))

    changes = services.compare_rules(programme_id=shop.programme.id, version=version, now=NOW)

    assert changes["rate"] == ("1/100", "1/200")
    assert "growth_rate" not in changes
    with pytest.raises(services.RulesNotFoundError):
        services.compare_rules(programme_id=shop.programme.id, version=99, now=NOW)


def test_publishing_leaves_a_trail_and_happens_once(shop: Shop):
    version = services.draft_rules(draft=HALF, **said(shop))
    services.publish_rules(version=version, **said(shop))

    trail = AuditRecord.objects.filter(target=f"earn_rules:{shop.programme.id}/{version}")
    assert [r.action for r in trail.order_by("id")] == [
        "earn_rules.drafted",
        "earn_rules.published",
    ]
    with pytest.raises(services.RulesPublishedError):
        services.publish_rules(version=version, **said(shop))
    with pytest.raises(services.RulesNotFoundError):
        services.publish_rules(version=99, **said(shop))


def test_rules_do_not_start_in_the_past(shop: Shop):
    early = RulesDraft(rate=Fraction(1), growth_rate=Fraction(1), from_at=NOW - timedelta(days=1))
    version = services.draft_rules(draft=early, **said(shop))

    with pytest.raises(services.RulesInvalidError):
        services.publish_rules(version=version, **said(shop))


@pytest.mark.parametrize(
    "draft",
    [
        RulesDraft(rate=Fraction(-1), growth_rate=Fraction(1)),
        RulesDraft(rate=Fraction(1), growth_rate=Fraction(1001)),
        RulesDraft(rate=ONE, growth_rate=ONE, rules=[factor("2", goods=("shelf:1",))]),
        RulesDraft(rate=ONE, growth_rate=ONE, rules=[factor("-1")]),
    ],
)
def test_nonsense_is_refused(shop: Shop, draft: RulesDraft):
    with pytest.raises(services.RulesInvalidError):
        services.draft_rules(draft=draft, **said(shop))


def record(shop: Shop, source: str = "order:1", numbers: tuple[int, int] = (1, 2)) -> None:
    rules = selectors.get_rules(programme_id=shop.programme.id, at=NOW)
    goods = [LineFacts(line_no=number, net=350) for number in numbers]
    decision = services.decide(rules=rules, lines=goods, multiplier=Fraction(6, 5))
    services.record_decisions(
        decisions=[
            DecisionRecord(
                member_id=7,
                programme_id=shop.programme.id,
                source=source,
                decision=decision,
                inputs={"tier": "silver"},
            )
        ],
        now=NOW,
    )


def test_h4_a_recorded_decision_says_what_was_decided_then(shop: Shop):
    record(shop)
    services.publish_rules(version=services.draft_rules(draft=HALF, **said(shop)), **said(shop))

    told = selectors.find_explanation(member_id=7, programme_id=shop.programme.id, source="order:1")

    assert told is not None
    assert (told.rule_version, told.rate, told.multiplier) == (1, Fraction(1, 100), Fraction(6, 5))
    assert (told.earned, told.growth, told.inputs) == (8, 7, {"tier": "silver"})
    assert [(r.line_no, r.base, r.multiplier, r.points) for r in told.rows] == [
        (1, 350, Fraction(6, 5), 4),
        (2, 350, Fraction(6, 5), 4),
    ]


@pytest.mark.parametrize("numbers", [(1, 2), (7, 3)])
def test_a_plain_decision_is_kept_as_columns_and_read_as_rows(shop: Shop, numbers):
    record(shop, numbers=numbers)

    told = selectors.find_explanation(member_id=7, programme_id=shop.programme.id, source="order:1")

    assert set(EarnDecision.objects.get().rows) >= {"nets", "points"}
    assert [(r.line_no, r.rule, r.base, r.points) for r in told.rows] == [
        (number, "purchase", 350, 4) for number in numbers
    ]


def test_a_source_is_decided_once_and_for_all(shop: Shop):
    record(shop)

    with pytest.raises(IntegrityError), transaction.atomic():
        record(shop)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        EarnDecision.objects.update(earned=1_000_000)
    assert (
        selectors.find_explanation(member_id=8, programme_id=shop.programme.id, source="order:1")
        is None
    )


def test_the_ledgers_explain_endpoint_reads_the_decision(shop: Shop):
    record(shop)

    told = explain.explain(member_id=7, source="order:1")

    assert told is not None
    assert told.rule_version == "earn_rules:1"
    assert told.inputs["earned"] == sum(line["points"] for line in told.arithmetic) == 8
    assert told.arithmetic[0] == {
        "line_no": 1,
        "rule": "purchase",
        "base": 350,
        "rate": "1/100",
        "multiplier": "6/5",
        "points": 4,
    }
    assert explain.explain(member_id=7, source="order:2") is None
