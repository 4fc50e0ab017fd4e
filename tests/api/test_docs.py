"""The docs: readable without scripts, true to the code, and a sandbox in demos alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from allauth.idp.oidc.models import Token
from django.test import Client

from config.kernel import clock
from config.kernel.api import openapi, reference
from config.pages.docs import samples
from config.pages.docs.reference import groups
from members.programmes.models import ClientBinding
from points.mall.types import ItemKind
from tests.factories.api import ApiClient
from tests.factories.mall import Mall
from tests.factories.orders import make_earning_shop
from tests.factories.programmes import Shop

TOKEN = "/api/v1/docs/token"


@pytest.fixture
def shop(db) -> Shop:
    return make_earning_shop()


def page(path: str = "/api/v1/docs", language: str = "en") -> str:
    answer = Client().get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    return answer.content.decode()


@pytest.mark.parametrize("path", ["/api/v1/docs", "/api/v1/errors"])
def test_pages_bring_everything_along_and_keep_the_strict_policy(db, path):
    html = page(path)

    loaded = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"', html)
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", html)


def test_every_operation_stands_in_the_page_with_a_line_to_copy(db):
    html = page()

    for _path, endpoint in openapi.mounted():
        for operation in endpoint.operations.values():
            assert f'id="{operation.name}"' in html
            assert f'id="try-{operation.name}"' in html
    assert 'curl -i -X POST "http://testserver/api/v1/orders"' in unescape(html)


def test_chrome_and_guide_are_in_both_languages(db):
    assert "获取沙盒令牌" in page(language="zh-CN")
    assert "Get a sandbox token" in page(language="en-US")


def test_the_error_reference_explains_each_code_where_problems_point(db):
    html = page("/api/v1/errors")

    for error in reference.errors():
        assert f'id="{error.code}"' in html
    assert '<a href="/api/v1/docs#settlement_report_order"><code>POST /orders</code></a>' in html


def test_changes_come_from_the_changelog(db):
    assert "<dt>1.0.0</dt>" in page()


def test_a_visitor_of_a_demo_gets_a_short_token_of_the_demo_storefront(shop):
    first = Client().post(TOKEN)

    assert first.status_code == 200
    assert "no-store" in first["Cache-Control"]
    token = first.json()["access_token"]
    assert ApiClient(client_id="", token=token).get("members?phone=13800138000").status_code == 200
    row = Token.objects.get()
    assert row.expires_at - row.created_at <= timedelta(minutes=15)
    assert row.client.name == "docs sandbox"
    assert "members:pii" not in row.get_scopes()
    Client().post(TOKEN)
    assert ClientBinding.objects.count() == 1


def test_there_is_no_sandbox_outside_demos(shop, settings):
    settings.DEMO = False

    assert Client().post(TOKEN).status_code == 404
    assert not ClientBinding.objects.exists()
    assert "data-get-token" not in page()


def test_the_sandbox_refuses_what_comes_from_another_site(shop):
    assert Client(enforce_csrf_checks=True).post(TOKEN).status_code == 403
    assert Client().get(TOKEN).status_code == 405
    assert not Token.objects.exists()


def test_every_step_of_the_guide_and_every_sample_can_be_sent_as_it_stands(shop):
    """The steps run in the page's order, ids filled in from the answers, as the page does."""
    Mall(shop=shop).item(kind=ItemKind.TICKET, points=1)
    api = ApiClient(client_id="", token=Client().post(TOKEN).json()["access_token"])
    known: dict[str, str] = {}
    now = clock.now()
    # An exchange needs a second programme, which this shop does not have.
    refused = {"conflict": 409, "mistake": 400, "try-points_exchange": 422}
    # A merge needs a second member.
    refused["try-members_merge"] = 422
    steps = list(samples.guide(now=now).values())
    operations = [one.sample for group in groups(now=now).values() for one in group]

    for sample in [*steps, *operations]:
        answer = send(api, sample, known)
        expected = refused.get(sample.slug)
        if expected:
            assert answer.status_code == expected, sample.slug
            continue
        # Two samples of one number stand side by side; a state that was used up is no mistake.
        assert answer.status_code < 300 or answer.status_code in (404, 409), (
            sample.slug,
            answer.content,
        )
        assert sample in operations or answer.status_code < 300, (sample.slug, answer.content)
        learn(answer, known)


NAMES = {
    "mem_": "MEMBER",
    "ent_": "ENTRY",
    "res_": "RESERVATION",
    "itm_": "ITEM",
    "mor_": "MALLORDER",
}


def send(api: ApiClient, sample: samples.Sample, known: dict[str, str]) -> Any:
    def fill(text: str) -> str:
        return re.sub(r"\$(MEMBER|ENTRY|RESERVATION|ITEM|MALLORDER)", lambda m: known[m[1]], text)

    return api.call(
        sample.method,
        fill(sample.path),
        raw=fill(sample.body).encode(),
        key=sample.key or None,
        content_type=sample.media,
    )


def learn(answer: Any, known: dict[str, str]) -> None:
    for made in ids_of(answer):
        if name := NAMES.get(made[:4]):
            known[name] = made


def ids_of(answer: Any) -> Iterator[str]:
    if not answer.content or answer["Content-Type"] != "application/json":
        return
    told = json.loads(answer.content)
    for part in [told, *(told.get("items") or [])[:1]] if isinstance(told, dict) else []:
        if isinstance(made := part.get("id"), str):
            yield made


def test_curl_quotes_for_a_shell():
    sample = samples.make("x", "POST", "orders", {"member": "$MEMBER", "name": "it's"}, key="k")

    line = sample.curl("http://shop.example")

    assert "'\"$MEMBER\"'" in line
    assert "it'\\''s" in line
    assert "Idempotency-Key: k" in line


def test_every_operation_is_told_in_both_languages(shop: Shop) -> None:
    english, chinese = (unescape(page(language=language)) for language in ("en", "zh-hans"))
    contents = english.split("<nav", 1)[-1]

    for _path, endpoint in openapi.mounted():
        for operation in endpoint.operations.values():
            assert operation.summary in contents
            assert f">{operation.summary}</a>" not in chinese, operation.name
    assert "为会员的行为发放积分" in chinese
    # What the code marks as code is shown as code, and nothing else is markup.
    assert "<code>pay_by</code>" in english
