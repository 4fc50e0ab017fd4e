"""manage.py demo_client: something to call the API with."""

from __future__ import annotations

import base64
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from members.programmes import scopes
from members.programmes.models import ClientBinding
from tests.factories.programmes import make_shop


@pytest.fixture
def shop(db):
    return make_shop()


def _run(*words: str) -> dict:
    out = StringIO()
    call_command("demo_client", "--storefront", "demo", *words, stdout=out)
    printed: dict = json.loads(out.getvalue())
    return printed


def test_demo_client_prints_what_opens_the_token_endpoint(shop, settings):
    made = _run("--scopes", "all")

    credentials = base64.b64encode(f"{made['client_id']}:{made['client_secret']}".encode())
    answer = Client().post(
        "/oauth/token",
        {"grant_type": "client_credentials", "scope": " ".join(scopes.ALL)},
        headers={"Authorization": f"Basic {credentials.decode()}"},
    )
    assert made["base_url"] == settings.BASE_URL
    assert answer.status_code == 200
    assert set(answer.json()["scope"].split()) == set(scopes.ALL)


def test_each_call_makes_another_client_without_limit(shop):
    first, second = _run(), _run()

    assert first["client_id"] != second["client_id"]
    assert list(ClientBinding.objects.values_list("rate_per_minute", flat=True)) == [None, None]


def test_a_rate_and_scopes_can_be_asked_for(shop):
    made = _run("--scopes", "points:read members:read", "--rate", "5")

    binding = ClientBinding.objects.select_related("client").get(pk=made["client_id"])
    assert binding.rate_per_minute == 5
    assert binding.client.get_scopes() == ["points:read", "members:read"]


@pytest.mark.parametrize("words", [["--scopes", "all:things"], ["--rate", "0"]])
def test_what_cannot_be_is_said(shop, words):
    with pytest.raises(CommandError):
        _run(*words)


def test_an_unknown_storefront_is_said(db):
    with pytest.raises(CommandError, match="no storefront"):
        _run()
