"""The editor of earn rules: rows, tried before they are kept, wrong cells said at the cell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from config.kernel import clock
from loyalty.earning import rulesets
from loyalty.earning import selectors as earning_selectors
from loyalty.earning.models import EarnRuleVersion
from loyalty.earning.types import Action, Rule, RuleSet, Validity
from members.commerce.models import Order
from tests.console.conftest import opened, operator, sent
from tests.console.reading import Page
from tests.factories.loyalty import publish_rules
from tests.factories.story import Story

RULES = "/ops/earning/earnruleversion"
TEA = {
    "name_zh": "茶叶双倍",
    "name_en": "Double tea",
    "action": "factor",
    "value": "2",
    "goods": "food/tea，food/coffee",
    "skus": "A1",
}


def row(story: Story) -> EarnRuleVersion:
    return EarnRuleVersion.objects.filter(
        programme_id=story.shop.programme.id, state="published"
    ).latest("version")


def path(story: Story) -> str:
    return f"{RULES}/{row(story).pk}/draft/"


def values(*rules: dict[str, str], **changes: Any) -> dict[str, Any]:
    return {
        "rate": "1",
        "growth_rate": "1",
        "tier_multiplier": "on",
        **sent("rules", list(rules)),
        **sent("caps", []),
        **sent("behaviors", []),
        **sent("cart", []),
        "reason": "Autumn",
        **changes,
    }


def kept(story: Story) -> RuleSet:
    found = EarnRuleVersion.objects.get(programme_id=story.shop.programme.id, state="draft")
    return rulesets.of_row(found)


def test_a_rule_is_written_in_cells_and_kept_whole(story: Story):
    campaign = {
        **TEA,
        "code": "d11",
        "minimum": "99.50",
        "starts_at": "2026-11-11T00:00",
        "ends_at": "2026-11-12T00:00",
        "first_order": "on",
        "group": "campaign",
        "priority": "5",
        "validity": "days",
        "lasts": "30",
        "cap_order": "100",
        "cap_month": "1000",
    }
    behavior = {
        "name_zh": "分享",
        "name_en": "Share",
        "code": "share",
        "points": "5",
        "active": "on",
        "cap_day": "3",
    }
    body = values(
        campaign,
        **sent("caps", [{"points": "5000", "period": "day"}]),
        **sent("behaviors", [behavior]),
        from_at="2030-01-01T00:00",
    )

    operator("en").post(path(story), body)

    rules = kept(story)
    assert rules.rules == (
        Rule(
            code="d11",
            name_zh="茶叶双倍",
            name_en="Double tea",
            action=Action.FACTOR,
            value=Fraction(2),
            goods=("category:food/tea", "category:food/coffee", "sku:A1"),
            minimum=9950,
            starts_at=datetime(2026, 11, 10, 16, tzinfo=UTC),
            ends_at=datetime(2026, 11, 11, 16, tzinfo=UTC),
            first_order=True,
            group="campaign",
            priority=5,
            validity=Validity(unit="days", count=30),
            caps={"order": 100, "month": 1000},
        ),
    )
    assert rules.caps == {"day": 5000}
    assert rules.from_at == datetime(2029, 12, 31, 16, tzinfo=UTC)
    share = rules.behaviors["share"]
    assert (share.points, share.active, share.caps) == (5, True, {"day": 3})


def test_rates_are_written_for_one_of_the_currency(story: Story):
    operator("en").post(path(story), values({**TEA, "action": "extra", "value": "1/2"}))

    assert kept(story).rules[0].value == Fraction(1, 200)
    assert kept(story).rules[0].code == "double-tea"


def test_a_version_opens_as_it_was_written(story: Story):
    first = {
        **TEA,
        "action": "rate",
        "value": "3",
        "minimum": "10",
        "starts_at": "2026-11-11T08:30",
    }
    client = operator("en")
    client.post(path(story), values(first, **sent("caps", [{"points": "9", "period": "week"}])))
    draft = EarnRuleVersion.objects.get(state="draft", programme_id=story.shop.programme.id)

    page = client.get(f"{RULES}/{draft.pk}/draft/")
    again = client.post(f"{RULES}/{draft.pk}/draft/", {**opened(page), "reason": "again"})

    assert again.status_code == 302
    latest = EarnRuleVersion.objects.latest("version")
    assert rulesets.of_row(latest).rules == rulesets.of_row(draft).rules
    assert latest.caps == draft.caps == {"week": 9}
    assert rulesets.of_row(latest).behaviors == rulesets.of_row(draft).behaviors


@pytest.mark.parametrize(
    ("wrong", "cell", "said"),
    [
        ({"value": "many"}, "value", "Write a number"),
        ({"value": ""}, "value", "Say how much"),
        ({"action": "excluded"}, "value", "no value"),
        ({"value": "1000"}, "value", "from 0 to 999"),
        ({"action": "bonus", "value": "1/2"}, "value", "Whole points"),
        ({"code": "purchase"}, "code", "Small letters"),
        ({"starts_at": "soon"}, "starts_at", "Write a time"),
        (
            {"starts_at": "2026-11-12T00:00", "ends_at": "2026-11-11T00:00"},
            "ends_at",
            "before it starts",
        ),
        ({"validity": "days"}, "lasts", "how many"),
        ({"lasts": "3"}, "validity", "what is counted"),
        ({"cap_day": "0"}, "cap_day", "greater than or equal to 1"),
        ({"name_zh": ""}, "name_zh", "required"),
        ({"minimum": "-1"}, "minimum", "greater than or equal to 0"),
    ],
)
def test_what_is_wrong_is_said_at_its_cell_and_nothing_is_kept(story: Story, wrong, cell, said):
    page = operator("en").post(path(story), values(TEA, TEA | wrong | {"name_en": "Second"}))

    assert said in Page(page).error(f"rules-1-{cell}")
    assert not EarnRuleVersion.objects.filter(state="draft").exists()


def test_a_code_that_stands_twice_is_said_at_its_row(story: Story):
    page = operator("en").post(path(story), values(TEA, TEA))

    assert "once" in Page(page).error("rules-1-code")


def test_a_cart_is_tried_line_by_line(story: Story):
    cart = sent(
        "cart",
        [
            {"amount": "100", "category": "food/tea"},
            {"amount": "50", "sku": "B2"},
        ],
    )

    page = operator("en").post(path(story), values(TEA, preview="1", **cart))

    table = page.context["previewed"][0]
    assert [row[3:6] for row in table.rows] == [
        ["100", "200", "+100"],
        ["50", "50", "+0"],
        ["150", "250", "+100"],
    ]
    assert "Double tea × 2: +100" in table.rows[0][-1]
    assert not EarnRuleVersion.objects.filter(state="draft").exists()


def test_a_real_order_is_tried(story: Story, language):
    order = Order.objects.exclude(points=0).first()
    assert order is not None
    body = values({**TEA, "goods": "", "skus": ""}, preview="1", order=order.external_no)

    page = operator(language).post(path(story), body)

    total = page.context["previewed"][0].rows[-1]
    assert total[3] == f"{order.points:,}"
    assert total[4] == f"{order.points * 2:,}"


def test_an_order_that_is_not_there_is_said_at_the_field(story: Story):
    page = operator("en").post(path(story), values(order="nonsense", preview="1"))

    assert "no order of this number" in str(page.context["form"].errors["order"])


def test_the_last_orders_are_replayed_with_the_campaign_running(story: Story):
    orders = Order.objects.filter(programme_id=story.shop.programme.id, decided=True)
    future = {**TEA, "goods": "", "skus": "", "starts_at": "2030-01-01T00:00"}

    page = operator("en").post(path(story), values(future, preview="1", replay="on"))

    summary, swings = page.context["previewed"][1:]
    before, after = (int(cell.replace(",", "")) for cell in summary.rows[0][:2])
    assert before == sum(orders.values_list("points", flat=True))
    # Twice as much, and the odd point that rounding had left.
    assert before * 2 <= after <= before * 2 + len(orders)
    assert summary.rows[0][3] == "+100.0 %"
    assert swings.rows


def test_publishing_shows_what_it_would_change_and_warns(story: Story):
    client = operator("en")
    hasty = {**TEA, "action": "bonus", "value": "50", "validity": "days", "lasts": "3"}
    client.post(path(story), values(hasty))
    draft = EarnRuleVersion.objects.get(state="draft")

    page = client.get(f"{RULES}/{draft.pk}/publish/").content.decode()

    assert "lapse within the return window" in page
    assert "without a cap" in page
    assert "Double tea · How much" in page
    client.post(f"{RULES}/{draft.pk}/publish/", {"reason": "go"})
    found = earning_selectors.get_rules(programme_id=story.shop.programme.id, at=clock.now())
    assert found.version == draft.version


def test_a_version_that_begins_later_says_so(story: Story):
    later = clock.now() + timedelta(days=30)
    publish_rules(story.shop, now=later)
    client = operator("en")

    page = client.get(f"{RULES}/{EarnRuleVersion.objects.latest('version').pk}/change/")

    assert "From " in page.content.decode()
    assert client.get(f"{RULES}/").status_code == 200


def test_every_fact_is_compared_in_both_languages(story: Story, language):
    client = operator(language)
    client.post(path(story), values({**TEA, "cap_day": "7"}))
    draft = EarnRuleVersion.objects.get(state="draft")

    page = client.get(f"{RULES}/{draft.pk}/change/").content.decode()

    assert ("茶叶双倍 · 数值" if language == "zh-hans" else "Double tea · How much") in page
