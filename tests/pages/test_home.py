"""The member home: who sees what, in both languages, at a constant price."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from config.kernel import clock
from config.pages import formats
from members import services as members_services
from members.models import User
from points import services as points_services
from points.types import Earn
from tests.factories.story import Story
from tests.pages.conftest import browse


def page(client: Client, path: str = "/", status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content[:300]
    return answer.content.decode()


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        page(client, path)
    return len(seen)


def test_home_invites_a_stranger(db, language):
    html = page(browse(None, language))

    assert 'href="/sign-in"' in html
    assert ("登录 / 注册" if language == "zh-hans" else "Sign in or join") in html


def test_home_shows_card_points_and_changes(story: Story, language):
    html = page(browse(story.user, language))

    zh = language == "zh-hans"
    assert ("银" if zh else "Silver") in html
    assert ("还差 ¥10,705 升级金会员" if zh else "¥10,705 more to Gold") in html
    assert "7,457" in html
    assert ("待入账" if zh else "On their way") in html
    assert ("来自订单 SO-1003" if zh else "For order SO-1003.") in html
    assert "hx-get" in html


def test_home_of_a_newcomer_says_what_comes_next(newcomer: Story, language):
    html = page(browse(newcomer.user, language))

    zh = language == "zh-hans"
    assert ("普通" if zh else "Ordinary") in html
    assert (
        "下一次购物就会带来第一笔积分。" if zh else "Your next purchase brings the first ones."
    ) in html
    assert ("还没有记录" if zh else "Nothing yet.") in html


def test_home_follows_the_browsers_language_and_then_the_choice(db):
    client = browse(None, "en-GB,en;q=0.9")
    assert '<html lang="en">' in page(client)

    answer = client.post("/language", {"language": "zh-hans", "next": "/"})

    assert answer.status_code == 302
    assert '<html lang="zh-Hans">' in page(client)


def test_home_tells_staff_without_a_card_where_to_go(newcomer: Story):
    members_services.create_staff(username="lin", password="a-long-password", superuser=True)

    html = page(browse(User.objects.get(staff_name="lin")))

    assert 'href="/ops/"' in html


def test_home_costs_at_most_twelve_queries_whatever_the_history(newcomer: Story):
    client = browse(newcomer.user)
    page(client)
    now = clock.now()
    commands = [
        Earn(
            member_id=newcomer.member_id,
            programme_id=newcomer.shop.programme.id,
            key=f"many:{number}",
            source=f"task:{number}",
            occurred_at=now,
            points=1,
        )
        for number in range(400)
    ]
    empty = queries(client, "/")
    points_services.post_batch(commands=commands, now=now)

    full = queries(client, "/")

    # An empty ledger has no orders to look up; nothing else may differ.
    assert full <= empty + 1
    # The user, the member, the tier, the points, what changed and its orders.
    assert full <= 6


# One entry told again and again, as a busy member's years would leave it.
_MANY = """
INSERT INTO points_entry (member_id, account_id, kind, counter, points, available,
    balance_after, idem_key, fingerprint, source, reason, lots, lot_points, lot_expires,
    occurred_at, recorded_at)
SELECT member_id, account_id, kind, counter, points, available, balance_after,
    idem_key || ':' || n, fingerprint, source || ':' || n, reason, lots, lot_points, lot_expires,
    occurred_at, recorded_at
FROM points_entry CROSS JOIN generate_series(1, 100000) AS n
WHERE member_id = %s AND idem_key = 'first'
"""


def test_home_costs_the_same_with_a_hundred_thousand_entries(newcomer: Story):
    client = browse(newcomer.user)
    now = clock.now()
    first = Earn(
        member_id=newcomer.member_id,
        programme_id=newcomer.shop.programme.id,
        key="first",
        source="task:0",
        occurred_at=now,
        points=1,
    )
    points_services.post(command=first, now=now)
    page(client)
    few = queries(client, "/")
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [newcomer.member_id])
        assert cursor.rowcount == 100_000

    with CaptureQueriesContext(connection) as seen:
        began = time.perf_counter()
        html = page(client)
        spent = time.perf_counter() - began

    assert html.count('href="/points/ent_') == 5
    assert len(seen) == few <= 12
    # Reading them all would take many times as long, on any machine.
    assert spent < 2


def test_home_and_panels_name_no_inline_style_or_script(story: Story):
    html = page(browse(story.user))

    assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son\w+=", html)


def test_pages_send_the_strict_policy(story: Story):
    policy = browse(story.user).get("/").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_panel_is_drawn_again_alone(story: Story):
    html = page(browse(story.user), "/panels/have")

    assert 'id="panel-have"' in html
    assert "<html" not in html


def test_panel_that_nobody_registered_is_not_found(story: Story):
    page(browse(story.user), "/panels/nope", status=404)


@pytest.mark.parametrize("path", ["/", "/points", "/orders", "/tier", "/panels/card"])
def test_what_belongs_to_a_member_is_kept_by_no_cache(story: Story, path):
    answer = browse(story.user).get(path)

    assert answer.status_code == 200
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))


def test_home_says_from_when_points_on_their_way_can_be_spent(story: Story, language):
    now = clock.now()
    at = now + timedelta(days=3)
    earned = Earn(
        member_id=story.member_id,
        programme_id=story.shop.programme.id,
        key="soon",
        source="task:soon",
        occurred_at=now,
        points=70,
        pending=True,
        available_at=at,
    )
    points_services.post(command=earned, now=now)

    html = page(browse(story.user, language))

    with translation.override(language), timezone.override("Asia/Shanghai"):
        day = formats.day(at)
    words = (
        f"最近一笔 70，{day}起可用。"
        if language == "zh-hans"
        else (f"The next 70 can be spent from {day}.")
    )
    assert words in html
