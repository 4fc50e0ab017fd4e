"""The page finance reads, and its files."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from config.kernel import clock
from config.kernel.models import AuditRecord
from points.models import Account, PointCost
from tests.console.conftest import operator
from tests.factories.story import Story

PAGE = "/ops/points/pointcost/liability"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Ties to the ledger: yes, to the point."), ("zh-hans", "与账目一致，分毫不差。")],
)
def test_the_page_shows_figures_that_tie(story: Story, language, said):
    html = operator(language).get(PAGE).content.decode()

    assert said in html
    outstanding = sum(
        a.available + a.pending + a.held for a in Account.objects.filter(currency="points")
    )
    assert f"{outstanding:,}" in html
    assert "<svg" in html
    assert 'role="img"' in html


def test_a_balance_that_does_not_tie_is_told(story: Story):
    Account.objects.filter(currency="points").update(available=1)

    assert "Ties to the ledger: no." in operator("en").get(PAGE).content.decode()


def test_past_days_are_shown_and_wrong_ones_explained_at_the_field(story: Story):
    client = operator("en")
    past = (clock.now() - timedelta(days=400)).date().isoformat()

    assert (
        "No points are outstanding on this day."
        in client.get(f"{PAGE}?as_of={past}").content.decode()
    )
    for text, said in (
        ("yesterday", "Write the day as 2026-11-30."),
        ("2199-01-01", "This day is still to come"),
        ("0001-01-01", "There were no points then"),
    ):
        html = client.get(f"{PAGE}?as_of={text}").content.decode()
        assert said in html
        assert 'aria-invalid="true"' in html
        assert client.get(f"/ops/points/pointcost/liability.csv?as_of={text}").status_code == 404


def test_the_file_holds_the_same_and_is_audited(story: Story):
    answer = operator("en").get("/ops/points/pointcost/liability.csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    as_of = next(row for row in rows if row[:1] == ["as_of"])
    ends = [row for row in rows if row[:1] == ["ends"]]
    brands = [row for row in rows if row[:1] == ["brand"]]
    for column in (2, 3):
        assert sum(int(row[column]) for row in ends) == int(as_of[column])
        assert sum(int(row[column]) for row in brands) == int(as_of[column])
    assert next(row for row in rows if row[:1] == ["ledger"])[:2] == ["ledger", "ties"]
    assert AuditRecord.objects.filter(action="points.liability_exported").exists()


def test_orders_are_split_between_goods_and_points(story: Story):
    client = operator("en")
    found = []
    for days in (2, 20, 60):
        day = story.shop.programme.local_day(clock.now() - timedelta(days=days)).isoformat()
        answer = client.get(f"/ops/points/pointcost/orders.csv?as_of={day}")
        text = answer.getvalue().decode("utf-8-sig")
        found += list(csv.DictReader(io.StringIO(text)))

    assert {row["order"] for row in found} == {"SO-1001", "SO-1002", "SO-1003"}
    for row in found:
        assert int(row["goods_minor"]) + int(row["points_minor"]) == int(row["price_minor"])
        assert int(row["points_minor"]) > 0


def test_the_cost_is_set_with_a_reason(story: Story):
    client = operator("en")
    page = f"/ops/points/pointcost/{story.shop.programme.id}/cost"
    form = {
        "brand": "",
        "from_day": "2020-01-01",
        "minor_units": "1",
        "points": "2",
        "reason": "audit",
    }

    wrong = client.post(page, {**form, "points": "0"})
    assert wrong.status_code == 200
    assert "greater than or equal to 1" in wrong.content.decode()
    assert client.post(page, form).status_code == 302

    assert PointCost.objects.get().points == 2
    assert AuditRecord.objects.get(action="points.cost_set").reason == "audit"
    assert "¥0.50" in client.get(PAGE).content.decode()


def test_the_band_is_set_and_an_empty_one_refused(story: Story):
    client = operator("en")
    page = f"/ops/points/pointcost/{story.shop.programme.id}/band"

    refused = client.post(page, {"least": "2", "most": "1", "reason": "x"})
    assert "The band cannot be set like this" in refused.content.decode()
    assert client.post(page, {"least": "1", "most": "9", "reason": "x"}).status_code == 302


def test_only_those_who_may_look(story: Story):
    nobody = operator("en", superuser=False)

    for page in (PAGE, "/ops/points/pointcost/liability.csv", "/ops/points/pointcost/orders.csv"):
        assert nobody.get(page).status_code == 403
