"""The limit of calls a minute: counted across processes, never in the way of the shop."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from config.kernel import clock
from config.kernel.api import auth, limiter
from config.kernel.api.contracts import Caller
from tests.factories.api import api_client

NOW = datetime(2026, 11, 20, 2, 0, 15, tzinfo=UTC)


def _caller(name: str, rate: int | None) -> Caller:
    return Caller(
        client_id=name,
        storefront_id=1,
        brand_id=1,
        programme_id=1,
        scopes=frozenset(),
        currency="CNY",
        timezone="Asia/Shanghai",
        rate_per_minute=rate,
    )


@pytest.fixture
def caller(request):
    limiter._server().delete(*limiter._server().keys("rate:*") or ["rate:none"])
    return lambda rate: _caller(request.node.name, rate)


def test_a_client_without_limit_is_not_counted(caller):
    assert limiter.take(caller(None), now=NOW) is None


@pytest.mark.parametrize("rate", [1, 3, 100, 250])
def test_a_client_has_exactly_its_calls_of_a_minute(caller, rate):
    for _ in range(rate):
        lease = limiter.take(caller(rate), now=NOW)

    with pytest.raises(limiter.LimitedError) as refused:
        limiter.take(caller(rate), now=NOW)

    assert lease is not None
    assert (lease.limit, lease.remaining) == (rate, 0)
    assert refused.value.retry_after == 45


def test_the_next_minute_begins_anew(caller):
    limiter.take(caller(1), now=NOW)

    lease = limiter.take(caller(1), now=NOW.replace(minute=1))

    assert lease is not None
    assert lease.remaining == 0


def test_processes_share_the_count(caller):
    for _ in range(60):
        limiter.take(caller(100), now=NOW)
    # Another process has no leases yet.
    limiter.forget()

    for _ in range(40):
        limiter.take(caller(100), now=NOW)

    with pytest.raises(limiter.LimitedError):
        limiter.take(caller(100), now=NOW)


def test_most_calls_ask_no_server(caller, monkeypatch):
    asked = []
    real = limiter._server()

    def server():
        asked.append(1)
        return real

    monkeypatch.setattr(limiter, "_server", server)

    for _ in range(600):
        limiter.take(caller(6000), now=NOW)

    assert len(asked) == 10


def test_calls_pass_when_nobody_can_count(caller, settings):
    settings.LIMITER_REDIS_URL = "redis://127.0.0.1:1/0"
    limiter._server.cache_clear()
    try:
        assert limiter.take(caller(1), now=NOW) is None
        assert limiter.take(caller(1), now=NOW) is None
    finally:
        limiter._server.cache_clear()
        limiter.forget()


@pytest.mark.usefixtures("toys")
def test_the_headers_tell_and_the_refusal_says_when(shop, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client = api_client(shop, rate=2)

    first = client.get("toys/1")
    client.get("toys/2")
    refused = client.get("toys/1")

    assert (first["RateLimit-Limit"], first["RateLimit-Remaining"]) == ("2", "1")
    assert first["RateLimit-Reset"] == "45"
    assert (refused.status_code, refused.json()["code"]) == (429, "request.rate_limited")
    assert refused["Retry-After"] == "45"
    assert refused["RateLimit-Remaining"] == "0"
    auth.forget()
