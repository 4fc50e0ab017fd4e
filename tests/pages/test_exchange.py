"""Exchanging points in the member center, and what else a member has."""

from __future__ import annotations

import re

import pytest

from config.kernel import clock
from points import services as points_services
from points.models import Exchange
from points.types import Purse, Rate
from tests.factories.programmes import make_shop
from tests.factories.story import Story
from tests.pages.conftest import browse
from tests.pages.test_home import page, queries


@pytest.fixture
def partner(story: Story):
    other = make_shop("partner")
    publish(story, other, per=10)
    return other


def publish(story, other, **terms):
    now = clock.now()
    rate = Rate(
        id=0,
        version=0,
        source=Purse(programme_id=story.shop.programme.id),
        target=Purse(programme_id=other.programme.id),
        gives=1,
        fee_permille=20,
        minimum=100,
        step=10,
        begins_at=now,
        **terms,
    )
    return points_services.publish_rate(rate=rate, actor="staff:1", reason="agreed", now=now)


def fields(html: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(key|rate|points)" value="(\w+)"', html))


def test_it_shows_what_the_points_bring_and_exchanges_them_once(story: Story, partner, language):
    client = browse(story.user, language)
    zh = language == "zh-hans"

    html = page(client, "/exchange?points=1000")
    assert ("兑换 1,000 积分" if zh else "Exchange 1,000 points") in html
    assert ">98<" in html
    sent = fields(html)
    answer = client.post("/exchange", sent)
    again = client.post("/exchange", sent)

    assert (answer.status_code, answer["Location"]) == (302, again["Location"])
    assert Exchange.objects.count() == 1
    assert ("98 积分已到账" if zh else "98 points have come in") in page(client, answer["Location"])
    statement = page(client, "/points")
    assert ("换成了partner 会员积分" if zh else "For points of partner club.") in statement
    assert ("partner 会员 · 积分" if zh else "partner club · Points") in statement


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("abc", "请填写整数。"),
        ("-100", "请填写整数。"),
        ("50", "至少 100 积分"),
        ("105", "须为 10 的整数倍"),
        ("1000000", "积分可用"),
    ],
)
def test_what_cannot_be_exchanged_is_said_at_the_field(story: Story, partner, typed, said):
    html = page(browse(story.user), f"/exchange?points={typed}", status=422)

    assert said in html
    assert not fields(html).get("points")


def test_a_rate_that_changed_meanwhile_is_shown_before_anything_happens(story: Story, partner):
    client = browse(story.user)
    sent = fields(page(client, "/exchange?points=1000"))
    publish(story, partner, per=20)

    answer = client.post("/exchange", sent)

    html = answer.content.decode()
    assert "汇率刚刚有变动" in html
    assert ">49<" in html
    assert not Exchange.objects.exists()


def test_a_daily_limit_is_told(story: Story, partner):
    publish(story, partner, per=10, member_limit=1500)
    client = browse(story.user)
    client.post("/exchange", fields(page(client, "/exchange?points=1000")))

    assert "今天还可以兑换 500 积分" in page(client, "/exchange")
    answer = client.post("/exchange", fields(page(client, "/exchange?points=600")))
    assert answer.status_code == 422
    assert Exchange.objects.count() == 1


def test_htmx_draws_what_they_bring_alone(story: Story, partner):
    answer = browse(story.user).get("/exchange?points=1000", headers={"HX-Target": "quote"})

    html = answer.content.decode()
    assert "<html" not in html
    assert ">98<" in html


def test_without_partners_there_is_a_way_back(newcomer: Story, language):
    html = page(browse(newcomer.user, language), "/exchange")

    zh = language == "zh-hans"
    assert ("暂时没有可以互换的积分" if zh else "Nothing to exchange with just now") in html


def test_somebody_elses_exchange_is_not_found(story: Story, partner):
    client = browse(story.user)
    done = client.post("/exchange", fields(page(client, "/exchange?points=1000")))["Location"]
    entry = re.findall(r"/points/(ent_\w+)", page(client, "/points"))[-1]

    assert client.get(f"/exchange/{entry}").status_code == 404
    assert client.get("/exchange/ent_nonsense").status_code == 404
    assert browse(None).get(done).status_code == 302


def test_stored_value_and_red_packets_stand_on_the_statement(story: Story, language):
    now = clock.now()
    before = queries(browse(story.user), "/points")
    for currency in ("balance", "red_packet"):
        points_services.top_up(
            member_id=story.member_id,
            programme_id=story.shop.programme.id,
            currency=currency,
            amount=8888,
            source="gift",
            key=currency,
            now=now,
        )

    html = page(browse(story.user, language), "/points")

    zh = language == "zh-hans"
    assert ("储值余额" if zh else "Stored value") in html
    assert html.count("¥88.88") == 3
    assert ("长期有效。" if zh else "Does not expire.") in html
    assert queries(browse(story.user), "/points") <= before + 6
