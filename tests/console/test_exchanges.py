"""Rates, settlement and currencies in the console."""

from __future__ import annotations

import pytest

from config.kernel import clock
from config.kernel.models import AuditRecord
from points import selectors, services
from points.models import Exchange, ExchangeRate
from points.types import Purse
from tests.console.conftest import operator
from tests.factories.programmes import make_shop
from tests.factories.story import Story

RATE = {
    "per": "10", "gives": "1", "rounding": "down", "fee_permille": "20", "fee_fixed": "0",
    "minimum": "100", "step": "10", "member_limit": "", "pair_limit": "5000", "price": "1000",
    "carries_expiry": "on", "begins_at_0": "", "begins_at_1": "", "reason": "agreed",
}  # fmt: skip


@pytest.fixture
def pair(story: Story):
    other = make_shop("partner")
    return Purse(programme_id=story.shop.programme.id), Purse(programme_id=other.programme.id)


def form(pair, **changes):
    source, target = (f"{purse.programme_id}:{purse.currency}" for purse in pair)
    return RATE | {"source": source, "target": target} | changes


def exchange(story, pair):
    return services.exchange(
        member_id=story.member_id,
        to_member_id=story.member_id,
        source=pair[0],
        target=pair[1],
        points=1000,
        key="x",
        now=clock.now(),
    )


def test_a_rate_is_published_and_its_settlement_shown(story: Story, pair, language):
    client = operator(language)

    assert client.post("/ops/points/exchangerate/new/", form(pair)).status_code == 302
    exchange(story, pair)
    row = ExchangeRate.objects.get()
    html = client.get(f"/ops/points/exchangerate/{row.pk}/change/").content.decode()

    assert ("与账本一致" if language == "zh-hans" else "ties") in html
    assert "0.98" in html
    assert AuditRecord.objects.filter(action="points.rate_published", reason="agreed").exists()
    sheet = client.get(f"/ops/points/exchangerate/{row.pk}/statement/").content.decode()
    assert sheet.splitlines()[1].endswith(",1,0,1000,20,98,0.98,CNY,1")


def test_the_next_version_follows_with_a_preview(story: Story, pair):
    client = operator()
    client.post("/ops/points/exchangerate/new/", form(pair))
    path = f"/ops/points/exchangerate/{ExchangeRate.objects.get().pk}/next/"

    seen = client.post(path, form(pair, per="20", preview="1")).content.decode()
    client.post(path, form(pair, per="20"))

    assert "490" in seen
    rate = selectors.find_rate(source=pair[0], target=pair[1], at=clock.now())
    assert rate is not None
    assert (rate.version, rate.per) == (2, 20)


@pytest.mark.parametrize("changes", [{"per": "0"}, {"reason": ""}, {"target": "7:x"}])
def test_a_wrong_rate_is_refused_on_the_form(story: Story, pair, changes):
    answer = operator().post("/ops/points/exchangerate/new/", form(pair, **changes))

    assert answer.status_code == 200
    assert not ExchangeRate.objects.exists()


def test_the_same_two_are_refused_by_the_domain(story: Story, pair):
    answer = operator().post("/ops/points/exchangerate/new/", form((pair[0], pair[0])))

    assert answer.status_code == 200
    assert not ExchangeRate.objects.exists()


def test_an_exchange_is_undone_with_a_reason(story: Story, pair):
    client = operator()
    client.post("/ops/points/exchangerate/new/", form(pair))
    exchange(story, pair)
    row = Exchange.objects.get()
    path = f"/ops/points/exchange/{row.member_id}-{row.pk}"
    assert client.get(f"{path}/change/").status_code == 200

    assert client.post(f"{path}/undo/", {"reason": "mistake", "key": "k"}).status_code == 302

    assert Exchange.objects.filter(reverses=row.pk).exists()
    assert "2" in client.get("/ops/points/exchange/").content.decode()


def test_a_partners_points_are_defined(story: Story):
    sent = {
        "programme": str(story.shop.programme.id), "code": "miles", "kind": "partner",
        "name_zh": "里程", "name_en": "Miles", "expiry": "days", "validity": "90",
        "spendable": "on", "shown": "on", "reason": "partner",
    }  # fmt: skip
    client = operator()

    assert client.post("/ops/points/currency/new/", sent).status_code == 302
    refused = client.post("/ops/points/currency/new/", sent | {"code": "Sky Miles"})

    found = selectors.get_currency(programme_id=story.shop.programme.id, code="miles")
    assert (found.version, found.validity) == (1, 90)
    assert refused.status_code == 200
    assert "里程" in client.get("/ops/points/currency/").content.decode()


def test_who_may_only_look_sees_no_buttons(story: Story, pair):
    assert operator(superuser=False).get("/ops/points/exchangerate/").status_code in (302, 403)
