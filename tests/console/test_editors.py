"""Rules and ladders: preview while writing, compare, publish, undo by an older version."""

from __future__ import annotations

from typing import Any

from config.kernel import clock
from loyalty import selectors as loyalty_selectors
from loyalty.earning import selectors as earning_selectors
from loyalty.earning.models import EarnRuleVersion
from loyalty.models import LadderVersion
from tests.console.conftest import operator
from tests.factories.story import Story

RULES = "/ops/earning/earnruleversion"


def values(story: Story, **changes: Any) -> dict[str, Any]:
    return {
        "rate": "2/100",
        "growth_rate": "1/100",
        "tier_multiplier": "on",
        "line_multipliers": "",
        "reason": "",
        **changes,
    }


def in_force(story: Story) -> EarnRuleVersion:
    return EarnRuleVersion.objects.get(programme_id=story.shop.programme.id, state="published")


def test_an_order_is_previewed_while_rules_are_written(story: Story, language):
    client = operator(language)
    path = f"{RULES}/{in_force(story).pk}/draft/"

    page = client.post(path, values(story, preview="1"))

    table = page.context["tables"][0]
    # 497.00 for the lowest tier: one point for each ¥1 now, two then.
    assert table.rows[0][2:5] == ["497", "994", "+497"]
    assert EarnRuleVersion.objects.count() == 1
    word = "将获得" if language == "zh-hans" else "would get"
    assert word in page.content.decode()
    assert "reason" not in page.context["form"].errors


def test_multipliers_of_goods_are_previewed(story: Story):
    path = f"{RULES}/{in_force(story).pk}/draft/"

    page = operator("en").post(
        path, values(story, preview="1", line_multipliers="category:tea = 3")
    )

    rows = page.context["tables"][0].rows
    assert any(row[1] == "category:tea" and row[3] == "1,506" for row in rows)


def test_the_form_opens_with_a_preview_of_no_change(story: Story):
    page = operator("en").get(f"{RULES}/{in_force(story).pk}/draft/")

    assert {row[4] for row in page.context["tables"][0].rows} == {"+0"}


def test_nonsense_is_said_at_its_field_and_previews_nothing(story: Story):
    path = f"{RULES}/{in_force(story).pk}/draft/"

    page = operator("en").post(path, values(story, rate="a lot", preview="1"))

    assert page.context["form"].errors["rate"]
    assert page.context["tables"] == []
    assert "a lot" in page.content.decode()


def test_rules_are_undone_by_publishing_the_older_version(story: Story):
    client = operator("en")
    first = in_force(story)
    programme = story.shop.programme.id
    client.post(f"{RULES}/{first.pk}/draft/", values(story, reason="Double"))
    second = EarnRuleVersion.objects.get(programme_id=programme, version=first.version + 1)
    compared = client.get(f"{RULES}/{second.pk}/change/").content.decode()
    assert "Compared with the rules in force" in compared
    client.post(f"{RULES}/{second.pk}/publish/", {"reason": "Double"})
    assert earning_selectors.get_rules(programme_id=programme, at=clock.now()).version == 2

    client.post(f"{RULES}/{first.pk}/restore/", {"reason": "Too dear"})

    now_in_force = earning_selectors.get_rules(programme_id=programme, at=clock.now())
    assert now_in_force.version == 3
    assert now_in_force.rate.denominator == 100
    assert now_in_force.rate.numerator == 1


def test_ladder_is_undone_by_publishing_the_older_version(story: Story):
    client = operator("en")
    programme = story.shop.programme.id
    first = LadderVersion.objects.get(programme_id=programme, state="published")
    tiers = loyalty_selectors.get_ladder(programme_id=programme).tiers

    client.post(f"/ops/loyalty/ladderversion/{first.pk}/restore/", {"reason": "Again"})

    ladder = loyalty_selectors.get_ladder(programme_id=programme)
    assert ladder.version == first.version + 1
    assert [(t.code, t.threshold, t.multiplier) for t in ladder.tiers] == [
        (t.code, t.threshold, t.multiplier) for t in tiers
    ]
