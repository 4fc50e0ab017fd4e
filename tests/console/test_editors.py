"""Rules and ladders: preview while writing, compare, publish, undo by an older version."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

from config.kernel import clock
from config.kernel.models import AuditRecord
from loyalty import selectors as loyalty_selectors
from loyalty.earning import selectors as earning_selectors
from loyalty.earning.models import EarnRuleVersion
from loyalty.models import LadderVersion
from tests.console.conftest import opened, operator, sent
from tests.console.reading import Page
from tests.factories.story import Story

RULES = "/ops/earning/earnruleversion"
LADDERS = "/ops/loyalty/ladderversion"


def values(**changes: Any) -> dict[str, Any]:
    return {
        "rate": "2",
        "growth_rate": "1",
        "tier_multiplier": "on",
        **sent("rules", []),
        **sent("caps", []),
        **sent("behaviors", []),
        **sent("cart", []),
        "reason": "",
        **changes,
    }


def rules(story: Story) -> EarnRuleVersion:
    return EarnRuleVersion.objects.get(programme_id=story.shop.programme.id, state="published")


def ladder(story: Story) -> LadderVersion:
    return LadderVersion.objects.get(programme_id=story.shop.programme.id, state="published")


def test_an_order_is_previewed_while_rules_are_written(story: Story, language):
    client = operator(language)
    path = f"{RULES}/{rules(story).pk}/draft/"

    page = client.post(path, values(preview="1"))

    table = page.context["previewed"][0]
    # 497.00 for the lowest tier: one point for each ¥1 now, two then.
    assert table.rows[0][2:5] == ["497", "994", "+497"]
    assert EarnRuleVersion.objects.count() == 1
    word = "将获得" if language == "zh-hans" else "would get"
    assert word in page.content.decode()
    assert "reason" not in page.context["form"].errors


def test_the_form_opens_with_a_preview_of_no_change(story: Story):
    page = operator("en").get(f"{RULES}/{rules(story).pk}/draft/")

    assert {row[4] for row in page.context["previewed"][0].rows} == {"+0"}


def test_nonsense_is_said_at_its_field_and_previews_nothing(story: Story):
    client = operator("en")
    path = f"{RULES}/{rules(story).pk}/draft/"

    for wrong in ("a lot", "1/0", "-1", ""):
        page = client.post(path, values(rate=wrong, preview="1"))

        assert page.context["form"].errors["rate"]
        assert page.context["previewed"] == []
        assert Page(page).value("rate") == wrong


def test_rules_are_undone_by_publishing_the_older_version(story: Story):
    client = operator("en")
    first = rules(story)
    programme = story.shop.programme.id
    client.post(f"{RULES}/{first.pk}/draft/", values(reason="Double"))
    second = EarnRuleVersion.objects.get(programme_id=programme, version=first.version + 1)
    compared = client.get(f"{RULES}/{second.pk}/change/").content.decode()
    assert "Compared with version 1: In force" in compared
    client.post(f"{RULES}/{second.pk}/publish/", {"reason": "Double"})
    published = earning_selectors.get_rules(
        programme_id=programme, at=clock.now() + timedelta(seconds=1)
    )
    assert (published.version, published.rate) == (2, Fraction(2, 100))

    client.post(f"{RULES}/{first.pk}/restore/", {"reason": "Too dear"})

    now_in_force = earning_selectors.get_rules(programme_id=programme, at=clock.now())
    assert now_in_force.version == 3
    assert now_in_force.rate == Fraction(1, 100)
    reasons = AuditRecord.objects.filter(action="earn_rules.published").values_list("reason")
    assert ("Too dear",) in reasons


def test_buttons_fit_the_state_of_a_version(story: Story):
    client = operator("en")
    first = rules(story)
    client.post(f"{RULES}/{first.pk}/draft/", values(reason="Double"))
    draft = EarnRuleVersion.objects.get(state="draft")

    page = client.get(f"{RULES}/{first.pk}/change/").content.decode()
    assert f"{first.pk}/publish/" not in page
    assert f"{first.pk}/restore/" not in page
    assert f"{draft.pk}/publish/" in client.get(f"{RULES}/{draft.pk}/change/").content.decode()
    assert client.get(f"{RULES}/{first.pk}/publish/").status_code == 403


def test_ladder_opens_as_rows_in_money_and_untouched_moves_nobody(story: Story, language):
    page = operator(language).get(f"{LADDERS}/{ladder(story).pk}/draft/")

    html = Page(page)
    assert html.value("tiers-2-code") == "silver"
    assert html.value("tiers-2-threshold") == "8000"
    table = page.context["previewed"][0]
    assert all(row[1] == row[2] for row in table.rows)
    assert sum(int(row[1]) for row in table.rows) == 1


def test_ladder_is_drafted_compared_and_published(story: Story):
    client = operator("en")
    base = ladder(story)
    path = f"{LADDERS}/{base.pk}/draft/"
    form = opened(client.get(path)) | {"tiers-2-threshold": "4000.50", "reason": "closer"}

    answer = client.post(path, form, follow=True)

    draft = LadderVersion.objects.get(programme_id=base.programme_id, state="draft")
    assert draft.tiers.get(code="silver").threshold == 400_050
    compared = answer.context["tables"][-2]
    assert [compared.rows[place] for place in compared.marked] == [
        ["Silver: from", "8,000.00 CNY", "4,000.50 CNY"]
    ]
    asked = client.get(f"{LADDERS}/{draft.pk}/publish/")
    assert any("Members by tier" in table.title for table in asked.context["tables"])
    client.post(f"{LADDERS}/{draft.pk}/publish/", {"reason": "go"})
    draft.refresh_from_db()
    assert draft.state == "published"


def test_ladder_preview_tells_whom_it_moves_and_what_one_member_would_be(story: Story):
    client = operator("en")
    path = f"{LADDERS}/{ladder(story).pk}/draft/"
    form = opened(client.get(path)) | {
        "tiers-3-threshold": "8001",
        "tiers-4-threshold": "8002",
        "member": "+8613800138000",
        "preview": "1",
    }

    moves, member, *_warned = client.post(path, form).context["previewed"]

    assert [row[3] for row in moves.rows] == ["–", "–", "-1", "–", "+1"]
    assert member.rows[0][1:3] == ["Silver", "Diamond"]
    assert LadderVersion.objects.count() == 1


WRONG = [
    ("tiers-0-threshold", "5", "starts at 0"),
    ("tiers-2-threshold", "3000", "more than 3000"),
    ("tiers-2-threshold", "-1", "greater than or equal to 0"),
    ("tiers-2-threshold", "8000.005", "2 decimals"),
    ("tiers-2-threshold", "lots", "Enter a number"),
    ("tiers-1-code", "ordinary", "stands above"),
    ("tiers-1-code", "Gold!", "Small letters"),
    ("tiers-1-multiplier", "0", "greater than or equal to 0.001"),
    ("tiers-3-name_zh", "", "required"),
]


def test_bad_tier_is_said_at_its_cell_with_the_input_kept(story: Story):
    client = operator("en")
    path = f"{LADDERS}/{ladder(story).pk}/draft/"
    form = opened(client.get(path)) | {"reason": "x"}

    for cell, value, said in WRONG:
        page = client.post(path, form | {cell: value})

        html = Page(page)
        assert said in html.error(cell)
        assert html.value(cell) == value
        assert html.value("tiers-4-code") == "diamond"
        assert page.context["previewed"] == []
    assert LadderVersion.objects.count() == 1


MOVED = [
    ("tiers:add", ["ordinary", "bronze", "silver", "gold", "diamond", ""]),
    ("tiers:drop:1", ["ordinary", "silver", "gold", "diamond"]),
    ("tiers:up:2", ["ordinary", "silver", "bronze", "gold", "diamond"]),
    ("tiers:drop:99", ["ordinary", "bronze", "silver", "gold", "diamond"]),
    ("tiers:up:x", ["ordinary", "bronze", "silver", "gold", "diamond"]),
]


def test_rows_are_added_moved_and_taken_away_without_scripts(story: Story):
    client = operator("en")
    path = f"{LADDERS}/{ladder(story).pk}/draft/"
    form = opened(client.get(path)) | {"grace_days": "soon"}

    for button, codes in MOVED:
        page = client.post(path, form | {"rows": button})

        html = Page(page)
        assert [html.value(name) for name in html.fields if name.endswith("-code")] == codes
        assert html.value("grace_days") == "soon"
        assert not any(name.endswith("-error") for name in html.said)
    assert LadderVersion.objects.count() == 1


def test_empty_row_is_left_out(story: Story):
    client = operator("en")
    path = f"{LADDERS}/{ladder(story).pk}/draft/"

    client.post(path, opened(client.get(path)) | {"tiers-count": "6", "reason": "again"})

    assert LadderVersion.objects.get(state="draft").tiers.count() == 5


def test_ladder_is_undone_by_publishing_the_older_version(story: Story):
    client = operator("en")
    programme = story.shop.programme.id
    first = ladder(story)
    tiers = loyalty_selectors.get_ladder(programme_id=programme).tiers
    path = f"{LADDERS}/{first.pk}/draft/"
    client.post(path, opened(client.get(path)) | {"tiers-2-threshold": "9000", "reason": "x"})
    second = LadderVersion.objects.get(state="draft")
    client.post(f"{LADDERS}/{second.pk}/publish/", {"reason": "x"})

    client.post(f"{LADDERS}/{first.pk}/restore/", {"reason": "Again"})

    now_in_force = loyalty_selectors.get_ladder(programme_id=programme)
    assert now_in_force.version == first.version + 2
    assert [(t.code, t.threshold, t.multiplier) for t in now_in_force.tiers] == [
        (t.code, t.threshold, t.multiplier) for t in tiers
    ]


def test_any_two_versions_are_compared_and_history_names_who_and_why(story: Story):
    client = operator("en")
    first = rules(story)
    client.post(f"{RULES}/{first.pk}/draft/", values(reason="Double"))
    draft = EarnRuleVersion.objects.get(state="draft")

    page = client.get(f"{RULES}/{first.pk}/change/?with={draft.version}")

    compared, history = page.context["tables"]
    assert compared.title == "Compared with version 2: Draft"
    assert history.rows[0][2] == "lin"
    assert history.rows[0][4] == "Double"
