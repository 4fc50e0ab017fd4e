"""The statement, an entry's why, and the order pages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from config.kernel import clock, ids
from points import services as points_services
from points.types import Earn, Reverse, Spend
from tests.factories.members import make_member
from tests.factories.story import Story, make_user
from tests.pages.conftest import browse
from tests.pages.test_home import page, queries


@pytest.mark.parametrize("path", ["/points", "/orders", "/tier"])
def test_pages_send_strangers_to_sign_in(db, path):
    answer = browse(None).get(path)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/sign-in?next={path}"


def test_statement_lists_entries_each_with_its_why(story: Story, language):
    html = page(browse(story.user, language), "/points")

    zh = language == "zh-hans"
    assert ("来自订单 SO-1002。" if zh else "For order SO-1002.") in html
    assert "兑换：随行杯" in html
    assert "−800" in html
    assert "−340" in html


def test_statement_is_filtered_by_kind(story: Story):
    html = page(browse(story.user), "/points?kind=spent")

    assert "兑换：随行杯" in html
    assert "SO-1002" not in html


def test_statement_with_an_empty_filter_offers_the_way_back(story: Story):
    html = page(browse(story.user), "/points?kind=expired")

    assert "没有这类明细。" in html


def test_statement_draws_only_its_list_for_htmx(story: Story):
    answer = browse(story.user).get("/points?kind=spent", headers={"HX-Target": "entries"})

    assert "<html" not in answer.content.decode()
    assert "HX-Request" in answer.headers["Vary"]


def test_statement_turns_pages_by_key_and_loses_none(newcomer: Story):
    now = clock.now()
    points_services.post_batch(
        commands=[
            Earn(
                member_id=newcomer.member_id,
                programme_id=newcomer.shop.programme.id,
                key=f"k{number}",
                source=f"task:{number}",
                reason=f"reason {number:03}",
                occurred_at=now,
                points=1,
            )
            for number in range(65)
        ],
        now=now,
    )
    client = browse(newcomer.user)
    seen: list[str] = []
    path: str | None = "/points"
    while path:
        html = page(client, path)
        seen += re.findall(r"reason \d{3}", html)
        later = re.search(r'href="(/points\?before=\d+)"', html)
        path = later.group(1) if later else None

    assert seen == [f"reason {number:03}" for number in reversed(range(65))]


@pytest.mark.parametrize(
    "query", ["kind=nonsense", "before=x", "before=99999999999999999999", "before=-1"]
)
def test_statement_shrugs_at_bad_input(story: Story, query):
    assert "SO-1002" in page(browse(story.user), f"/points?{query}")


def test_entry_explains_itself_line_by_line(story: Story, language):
    client = browse(story.user, language)
    links = re.findall(r"/points/ent_\w+", page(client, "/points"))

    html = page(client, links[-1])

    zh = language == "zh-hans"
    assert ("每付 ¥1 得 1 积分" if zh else "1 point for every ¥1 you paid") in html
    assert "¥1,280.00" in html
    assert "2,059" in html


def test_entry_of_somebody_else_is_not_found(story: Story):
    other = make_user(make_member(story.shop))
    link = re.findall(r"/points/ent_\w+", page(browse(story.user), "/points"))[0]

    page(browse(other), link, status=404)


@pytest.mark.parametrize("path", ["/points/ent_abc", "/points/nonsense", "/orders/ord_abc"])
def test_unknown_ids_get_a_clear_page(story: Story, path, language):
    html = page(browse(story.user, language), path, status=404)

    assert ("没有找到" if language == "zh-hans" else "Not found") in html


def test_orders_list_what_was_bought(story: Story, language):
    html = page(browse(story.user, language), "/orders")

    assert "铁观音礼盒" in html
    assert ("已完成" if language == "zh-hans" else "Completed") in html
    assert "¥6,688.00" in html


def test_orders_of_a_newcomer_are_empty_kindly(newcomer: Story):
    assert "还没有订单" in page(browse(newcomer.user), "/orders")


def test_order_shows_lines_points_and_refund(story: Story, language):
    client = browse(story.user, language)
    links = re.findall(r"/orders/ord_\w+", page(client, "/orders"))

    html = page(client, links[-1])

    zh = language == "zh-hans"
    assert "明前龙井 250g" in html
    assert ("已退 ¥340.00" if zh else "¥340.00 refunded") in html
    assert "1,719" in html
    assert ("计算过程" if zh else "The arithmetic") in html


def test_order_of_somebody_else_is_not_found(story: Story):
    other = make_member(story.shop)
    stranger = make_user(other)
    link = re.findall(r"/orders/ord_\w+", page(browse(story.user), "/orders"))[0]

    page(browse(stranger), link, status=404)
    page(browse(stranger), "/orders/" + ids.encode("ord", member_id=other, row_id=1), status=404)


def test_orders_cost_the_same_for_one_and_for_three(story: Story):
    client = browse(story.user)
    page(client, "/orders")

    assert queries(client, "/orders") <= 10


def test_tier_page_shows_the_ladder_and_the_way(story: Story, language):
    html = page(browse(story.user, language), "/tier")

    zh = language == "zh-hans"
    assert ("每年 ¥50,000 起" if zh else "From ¥50,000 a year") in html
    assert ("当前等级" if zh else "You are here") in html
    assert ("普通 → 银" if zh else "Ordinary → Silver") in html
    assert queries(browse(story.user), "/tier") <= 12


def test_h5_a_debt_is_told_in_words(newcomer: Story, language):
    now = clock.now()
    common: dict[str, Any] = {
        "member_id": newcomer.member_id,
        "programme_id": newcomer.shop.programme.id,
        "occurred_at": now,
    }
    for command in (
        Earn(key="e", source="order:1", points=100, **common),
        Spend(key="s", source="cup", points=100, **common),
        Reverse(key="r", source="refund", earned_under="order:1", cause="RF-1", **common),
    ):
        points_services.post(command=command, now=now)

    html = page(browse(newcomer.user, language), "/points")

    assert ("您欠 100 积分" if language == "zh-hans" else "You owe 100 points") in html
