"""The board's figures equal the tables', cost nothing per row, and lead to their lists."""

from __future__ import annotations

import html
import re
from datetime import date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.kernel import clock, metrics, workers
from config.pages import board, rollups
from loyalty import ladders
from loyalty.earning import rulesets
from members.models import Member
from members.programmes import selectors as programme_selectors
from members.programmes.types import Programme
from tests.console.conftest import operator
from tests.factories.members import make_member
from tests.factories.orders import line
from tests.factories.story import Story, report


@pytest.fixture(autouse=True)
def nothing_kept(story: Story) -> None:
    cache.delete(rollups._key(story.shop.programme))


def show(client, **query: str) -> str:
    answer = client.get("/ops/", {"programme": "demo", **query})
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def tiles(client, **query: str) -> dict[str, str]:
    client.get("/ops/", query)
    page = client.get("/ops/", {"programme": "demo", **query})
    return {tile.title: tile.value for tile in page.context["board"]["tiles"]}


def test_tiles_tell_what_the_tables_hold(story: Story):
    found = tiles(operator("en"), days="90")

    assert found["Members"] == "1"
    assert found["Orders"] == "3"
    assert found["Points spent"] == "800"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(available + pending + held - debt) FROM points_account"
            " WHERE currency = 'points'"
        )
        (outstanding,) = cursor.fetchone()
    assert found["Points outstanding"] == f"{outstanding:,}"


def test_a_shorter_period_counts_less_and_compares(story: Story):
    page = operator("en").get("/ops/", {"programme": "demo", "days": "7"})
    orders = next(t for t in page.context["board"]["tiles"] if t.title == "Orders")

    assert orders.value == "1"
    assert orders.before == "0"
    assert orders.direction == "up"


def test_every_figure_leads_to_the_list_that_it_counts(story: Story):
    client = operator("en")
    page = client.get("/ops/", {"programme": "demo", "days": "30"})
    shown = page.context["board"]

    for tile in shown["tiles"]:
        assert tile.formula
        assert client.get(tile.url).status_code == 200, tile.url
    orders = client.get(next(t.url for t in shown["tiles"] if t.title == "Orders"))
    assert len(orders.context["cl"].result_list) == 2
    day = client.get(shown["charts"][0].rows[0].url)
    assert [o.external_no for o in day.context["cl"].result_list] == ["SO-1003"]
    for _title, _formula, shares in shown["distributions"]:
        for share in shares:
            listed = client.get(share.url)
            assert len(listed.context["cl"].result_list) == int(share.value)


def test_board_speaks_both_languages(story: Story, language):
    page = show(operator(language))

    words = {
        "zh-hans": ["未使用积分", "会员等级分布", "每日订单", "30 天", "上期"],
        "en": ["Points outstanding", "Members by tier", "Orders by day", "30 days", "before:"],
    }
    assert all(word in page for word in words[language])


@pytest.mark.parametrize("query", [{"days": "12"}, {"days": "x"}, {"programme": "nobody"}])
def test_nonsense_in_the_address_shows_the_usual_board(story: Story, query):
    page = operator("en").get("/ops/", query)

    assert page.context["board"]["days"] == 30


def forget_all(programme: Programme) -> None:
    """Let what a process remembers for a while cost the same in every count."""
    programme_selectors.forget()
    ladders.forget(programme.id)
    rulesets.forget(programme.id)
    cache.delete(rollups._key(programme))


def test_cost_does_not_grow_with_rows(story: Story):
    client = operator()
    show(client)
    forget_all(story.shop.programme)
    with CaptureQueriesContext(connection) as few:
        show(client)
    for number in range(3):
        make_member(story.shop)
        report(story, f"MORE-{number}", days_ago=number, lines=[line()])
    forget_all(story.shop.programme)

    with CaptureQueriesContext(connection) as many:
        show(client)

    assert len(many) <= len(few) <= 24


def test_kept_figures_cost_no_query_of_the_tables(story: Story, monkeypatch):
    # However long the first page takes on a busy machine.
    monkeypatch.setattr(rollups, "_FRESH", timedelta(hours=1))
    client = operator()
    show(client)

    with CaptureQueriesContext(connection) as asked:
        show(client)

    assert not [q for q in asked if re.search("points_entry|commerce_order", q["sql"])]


def _as_of(programme: Programme, now: datetime) -> datetime | None:
    found = rollups.read(programme=programme, now=now)
    return found.as_of if found else None


def test_slow_reads_are_left_to_the_task(story: Story):
    programme, now = story.shop.programme, clock.now()
    kept = rollups.refresh(programme=programme, now=now)
    slow = rollups.Rollup(series=kept.series, parts=kept.parts, as_of=now, seconds=9.0)
    cache.set(rollups._key(programme), slow)

    later = now + timedelta(hours=1)
    assert _as_of(programme, later) == now
    cache.set(rollups._key(programme), kept)
    if kept.seconds <= 0.3:
        assert _as_of(programme, later) == later


def test_merged_members_are_not_counted(story: Story):
    other = make_member(story.shop)
    Member.objects.filter(pk=other).update(status="merged", survivor_id=story.member_id)

    assert tiles(operator("en"))["Members"] == "1"


def test_staff_without_rights_see_no_figures(story: Story):
    page = operator("en", superuser=False).get("/ops/")

    assert "board" not in page.context


def test_a_later_app_adds_a_tile(story: Story, monkeypatch):
    monkeypatch.setattr(metrics, "_families", dict(metrics._families))
    monkeypatch.setattr(metrics, "_metrics", dict(metrics._metrics))
    today = clock.now().astimezone(story.shop.programme.zone).date()
    metrics.publish(
        read=lambda programme, zone: {"visits": {today: 42}},
        metrics=[
            metrics.Metric(
                slug="visits",
                title="Visits",
                formula="Visits in the period.",
                nature="flow",
                permission="members.view_member",
                link=lambda span: "/ops/",
                tile=5,
            )
        ],
    )

    assert tiles(operator("en"))["Visits"] == "42"


def test_long_periods_are_drawn_by_week():
    programme = metrics.Span(
        programme_id=1,
        first=clock.now().date() - timedelta(days=364),
        last=clock.now().date(),
        zone=clock.now().tzinfo,  # type: ignore[arg-type]
    )

    weeks = board._bars(programme)

    assert len(weeks) == 53
    assert weeks[-1].last == programme.last


def test_a_read_that_takes_too_long_is_left_to_the_task(story: Story, monkeypatch):
    def slow(_programme: int, _zone: str) -> dict[str, dict[date, int]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(20)")
        return {}

    asked: list[str] = []
    monkeypatch.setattr(rollups, "_PATIENCE_MS", 50)
    monkeypatch.setattr(workers, "ask", lambda *_, **__: asked.append("asked"))
    monkeypatch.setattr(metrics, "_families", {("slow",): slow})
    cache.delete(rollups._tried(story.shop.programme))
    client = operator("en")

    first, second = show(client), show(client)

    assert "The figures are being put together" in first
    assert "The figures are being put together" in second
    assert asked == ["asked"]
    cache.delete(rollups._tried(story.shop.programme))
    monkeypatch.undo()
    assert "Points outstanding" in show(client)


def test_old_figures_say_so(story: Story):
    programme, now = story.shop.programme, clock.now()
    kept = rollups.refresh(programme=programme, now=now - timedelta(hours=2))
    slow = rollups.Rollup(series=kept.series, parts=kept.parts, as_of=kept.as_of, seconds=9.0)
    cache.set(rollups._key(programme), slow)

    page = show(operator("en"))

    assert "2\xa0hours old" in page
    assert "older than they should be" in page
