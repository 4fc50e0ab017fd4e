"""A real installation whose messages go nowhere is told so."""

from __future__ import annotations

from messaging import checks

LOCAL = "messaging.providers.local.LocalProvider"


def test_it_warns_when_nothing_leaves(settings):
    settings.MESSAGING_PROVIDERS = {"sms": LOCAL, "email": LOCAL}

    assert [w.id for w in checks.check_providers()] == ["messaging.W001"]


def test_one_way_out_is_enough(settings):
    settings.MESSAGING_PROVIDERS = {"sms": LOCAL, "email": "somewhere.else"}

    assert checks.check_providers() == []
