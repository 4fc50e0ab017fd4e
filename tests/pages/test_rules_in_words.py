"""The order page and an entry's why name every rule that worked, in both languages."""

from __future__ import annotations

from fractions import Fraction

from config.kernel import clock, ids
from loyalty.earning import services as earning_services
from loyalty.earning.types import Action, Rule, Validity
from points import selectors as points_selectors
from tests.factories.loyalty import publish_rules
from tests.factories.orders import line
from tests.factories.story import Story, report
from tests.pages.conftest import browse
from tests.pages.test_home import page


def publish(story: Story) -> None:
    publish_rules(
        story.shop,
        Rule(
            code="tea",
            name_zh="茶叶双倍",
            name_en="Double tea",
            action=Action.FACTOR,
            value=Fraction(2),
            goods=("category:tea",),
            caps={"day": 30},
        ),
        Rule(
            code="gift",
            name_zh="双 11 礼",
            name_en="Gift",
            action=Action.BONUS,
            value=Fraction(50),
            validity=Validity(unit="days", count=30),
        ),
        Rule(
            code="cards",
            name_zh="礼品卡不积分",
            name_en="No points on gift cards",
            action=Action.EXCLUDED,
            goods=("sku:CARD",),
        ),
    )


def test_the_order_page_tells_each_rule_line_by_line(newcomer: Story, language):
    publish(newcomer)
    goods = [line(1, name="龙井", category="tea"), line(2, name="卡", sku="CARD")]
    answer = report(newcomer, "SO-9", days_ago=1, lines=goods)

    html = page(browse(newcomer.user, language), f"/orders/{answer['id']}")

    zh = language == "zh-hans"
    for words in (
        ("茶叶双倍", "双 11 礼", "礼品卡不积分", "已达该规则每日上限", "有效期 30 天")
        if zh
        else (
            "Double tea",
            "Gift",
            "No points on gift cards",
            "as much as it gives a day",
            "valid for 30 days",
        )
    ):
        assert words in html
    assert "+30" in html
    assert "+50" in html


def test_names_stay_those_of_the_version_that_decided(newcomer: Story):
    publish(newcomer)
    answer = report(newcomer, "SO-9", days_ago=1, lines=[line(1, category="tea")])
    later = Rule(
        code="tea", name_zh="改名", name_en="Other", action=Action.FACTOR, value=Fraction(2)
    )
    publish_rules(newcomer.shop, later, now=clock.now())

    html = page(browse(newcomer.user, "en"), f"/orders/{answer['id']}")

    assert "Double tea" in html
    assert "Other" not in html


def test_a_reward_is_named_in_the_statement_and_explained(newcomer: Story, language):
    now = clock.now()
    given = earning_services.reward(
        member_id=newcomer.member_id,
        programme_id=newcomer.shop.programme.id,
        behavior="review_photo",
        source="R-1",
        occurred_at=now,
        now=now,
    )
    client = browse(newcomer.user, language)

    listed = page(client, "/points")
    entry = ids.encode("ent", member_id=newcomer.member_id, row_id=given.entry_id)
    why = page(client, f"/points/{entry}")

    zh = language == "zh-hans"
    assert ("“带图评价”奖励。" if zh else "For “Review with a photo”.") in listed
    assert "review_photo:R-1" not in listed
    assert ("每次获得 50 积分" if zh else "earns 50 points each time") in why
    found = points_selectors.get_entry(
        member_id=newcomer.member_id,
        entry_id=given.entry_id,
        programme_id=newcomer.shop.programme.id,
    )
    assert found.rule == "review_photo"
