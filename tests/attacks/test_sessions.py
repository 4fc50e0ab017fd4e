"""A session that an attacker planted or knew is worth nothing after any way in, or a step-up."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from config.kernel import clock
from members import models, selectors, services
from members.types import SignedIn
from members.views import passkeys
from tests.factories.programmes import make_shop
from tests.members.signing import (
    PHONE,
    add_app,
    app_code,
    browser,
    give_first_proof,
    prove,
    sign_in,
)

pytestmark = pytest.mark.django_db
SECRET = "correct horse battery"


@pytest.fixture(autouse=True)
def shop(settings: Any) -> Any:
    cache.clear()
    shop = make_shop()
    settings.MEMBER_CENTER_STOREFRONT = shop.storefront.code
    return shop


def planted(client: Client) -> str:
    """Let a browser have a session that somebody else knows the key of."""
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    return str(session.session_key)


def thief_with(key: str) -> Client:
    thief = browser()
    thief.cookies["sessionid"] = key
    return thief


def by_code(client: Client, monkeypatch: Any) -> None:
    sign_in(client)


def by_password(client: Client, monkeypatch: Any) -> None:
    other = browser()
    sign_in(other)
    prove(other)
    assert other.post("/me/security/password", {"password": SECRET}).status_code == 302
    cache.clear()
    client.post("/sign-in/password", {"address": PHONE, "password": SECRET})


def by_account_elsewhere(client: Client, monkeypatch: Any) -> None:
    away = client.post("/sign-in/with/wechat", {"next": "/points"})
    back = client.post(away["Location"], {"who": "小李"})
    client.get(back["Location"])
    client.post("/sign-in/join", {"agreed": "1"})


def by_passkey(client: Client, monkeypatch: Any) -> None:
    user_id = sign_in(browser())
    member = models.Member.objects.get(user_id=user_id)
    # What a passkey signs is tried in a browser; here it has signed.
    said = SignedIn(user_id=user_id, member_id=member.pk, created=False, by="passkey")
    monkeypatch.setattr(services, "sign_in_by_passkey", lambda **_: said)
    monkeypatch.setattr(passkeys, "credential_of", lambda _request: {})
    client.post("/sign-in/passkey", {"credential": "{}"})


def by_second_proof(client: Client, monkeypatch: Any) -> None:
    other = browser()
    sign_in(other)
    secret = add_app(other)
    give_first_proof(client)
    client.post("/sign-in/proof", {"kind": "totp", "code": app_code(secret)})


def by_the_staff_door(client: Client, monkeypatch: Any) -> None:
    services.create_staff(username="ada", password="a long password", superuser=True)
    client.post("/ops/login/?next=/ops/", {"username": "ada", "password": "a long password"})


@pytest.mark.parametrize(
    "way",
    [by_code, by_password, by_account_elsewhere, by_passkey, by_second_proof, by_the_staff_door],
)
def test_a_planted_session_is_not_signed_in(way, monkeypatch):
    client = browser()
    key = planted(client)

    way(client, monkeypatch)

    assert "_auth_user_id" in client.session
    assert client.cookies["sessionid"].value != key
    assert "_auth_user_id" not in thief_with(key).session


def test_a_session_that_was_known_before_is_none_after_step_up():
    client = browser()
    sign_in(client)
    stolen = client.cookies["sessionid"].value
    assert thief_with(stolen).get("/me/security").status_code == 200

    prove(client)

    assert client.cookies["sessionid"].value != stolen
    assert thief_with(stolen).get("/me/security")["Location"].startswith("/sign-in")
    # The browser itself goes on, proved, and stands in the list as this one.
    assert client.get("/me/security/password").status_code == 200
    row = UserSession.objects.get()
    assert row.session_key == client.cookies["sessionid"].value
    [listed] = selectors.list_sessions(
        user_id=row.user_id, current=row.session_key, now=clock.now()
    )
    assert listed.is_current


def test_a_step_up_of_one_leaves_the_others_signed_in():
    one, other = browser(), browser()
    sign_in(one)
    sign_in(other)

    prove(one)

    assert other.get("/me/security").status_code == 200
    assert UserSession.objects.count() == 2
