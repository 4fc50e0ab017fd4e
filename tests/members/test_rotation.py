"""Encryption keys are rotated while the shop is open."""

from __future__ import annotations

import base64
import os
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from config.kernel import crypto, rotation
from members import selectors, services
from members.types import ContactKind

PROGRAMME = 1


@pytest.fixture
def _fresh_ring():
    crypto.ring.cache_clear()
    yield
    crypto.ring.cache_clear()


def use_new_key(settings, *, keep_old=True):
    old = settings.ENCRYPTION_KEYS if keep_old else {}
    settings.ENCRYPTION_KEYS = {**old, "2": base64.b64encode(os.urandom(32)).decode()}
    settings.ENCRYPTION_PRIMARY = "2"
    crypto.ring.cache_clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("_fresh_ring")
def test_h44_values_are_rewritten_and_found_all_the_time(settings, now, capsys):
    told: dict[str, Any] = {"phone": "13800138000", "external_id": "w1", "channel": "wx"}
    told["name"] = "张三"
    member = services.enrol(programme_id=PROGRAMME, now=now, **told).member_id
    services.request_code(programme_id=PROGRAMME, address="13800138000", now=now)
    use_new_key(settings)

    assert services.enrol(programme_id=PROGRAMME, phone="13800138000", now=now).created is False
    call_command("rotate_keys")
    del settings.ENCRYPTION_KEYS["1"]
    crypto.ring.cache_clear()

    profile = selectors.get_member(member_id=member)
    assert (profile.phone, profile.name) == ("+8613800138000", "张三")
    assert selectors.list_identities(member_id=member)[0].external_id == "w1"
    found = selectors.find_by_contact(
        programme_id=PROGRAMME, kind=ContactKind.PHONE, address="+8613800138000"
    )
    assert found == member
    assert "members_contactpoint.value: 1" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.usefixtures("_fresh_ring")
def test_h44_a_second_run_finds_nothing_to_do(settings, now):
    services.enrol(programme_id=PROGRAMME, phone="13800138000", now=now)
    use_new_key(settings)

    first = {c.table + c.name: rotation.rotate(column=c) for c in rotation.columns()}
    second = {c.table + c.name: rotation.rotate(column=c) for c in rotation.columns()}

    assert first["members_contactpointvalue"] == 1
    assert set(second.values()) == {0}


@pytest.mark.django_db
@pytest.mark.usefixtures("_fresh_ring")
def test_h44_what_is_left_is_said_and_then_done(settings, now, capsys):
    services.enrol(programme_id=PROGRAMME, phone="13800138000", now=now)
    use_new_key(settings)

    with pytest.raises(CommandError, match="run it again"):
        call_command("rotate_keys", check=True)
    assert "members_contactpoint.value: left under key 1: 1" in capsys.readouterr().out

    call_command("rotate_keys")
    assert "left under other keys: 0" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.usefixtures("_fresh_ring")
def test_h44_a_run_that_was_killed_goes_on_where_it_was(settings, now, monkeypatch):
    for serial in range(3):
        services.enrol(programme_id=PROGRAMME, phone=f"1380013800{serial}", now=now)
    use_new_key(settings)
    monkeypatch.setattr(rotation, "_CHUNK", 1)
    column = next(c for c in rotation.columns() if c.table == "members_contactpoint")

    def die(done):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(column=column, tell=die)

    assert rotation.count_left(column=column) == {1: 1}
    assert rotation.rotate(column=column) == 1
    assert rotation.count_left(column=column) == {}


@pytest.mark.django_db
@pytest.mark.usefixtures("_fresh_ring")
def test_h44_a_key_that_is_missing_is_named(settings, now):
    services.enrol(programme_id=PROGRAMME, phone="13800138000", now=now)
    use_new_key(settings, keep_old=False)

    with pytest.raises(CommandError, match="under key 1"):
        call_command("rotate_keys")


def test_every_encrypted_column_is_known():
    known = {f"{c.table}.{c.name}" for c in rotation.columns()}

    assert {
        "members_user.phone",
        "account_emailaddress.email",
        "members_member.name",
        "kernel_outboxevent.sealed",
        "messaging_localmessage.body",
    } <= known
