"""Passkeys without a browser: what answers no challenge of ours is refused."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection

from config.kernel import clock
from members import models, services
from tests.factories.programmes import make_shop
from tests.members.signing import browser, prove, sign_in

pytestmark = pytest.mark.django_db
ANSWERS = [
    "",
    "{",
    "[]",
    "{}",
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}),
    json.dumps({"response": {"userHandle": "MQ"}}),
    json.dumps({"response": {"userHandle": 5}}),
]


@pytest.fixture(autouse=True)
def shop(settings):
    cache.clear()
    shop = make_shop()
    settings.MEMBER_CENTER_STOREFRONT = shop.storefront.code
    return shop


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_answers_no_challenge_signs_nobody_in(answer):
    client = browser()
    assert client.post("/sign-in/passkey/options").json()

    refused = client.post("/sign-in/passkey", {"credential": answer})

    assert refused["Location"] == "/sign-in"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_answers_no_challenge_is_not_added(answer):
    client = browser()
    sign_in(client)
    prove(client)
    options = client.post("/me/security/passkeys/options").json()
    assert "challenge" in json.dumps(options)

    client.post("/me/security/passkeys", {"credential": answer})

    assert Authenticator.objects.count() == 0


def test_adding_and_removing_need_a_fresh_proof():
    client = browser()
    sign_in(client)

    for path in ("", "/options", "/1/remove"):
        answer = client.post(f"/me/security/passkeys{path}")
        assert answer["Location"].startswith("/me/security/proof")


def test_nobody_asks_for_somebody_elses_passkeys():
    assert browser().post("/sign-in/proof/options").status_code == 401


def make_passkey(user_id, name="手机"):
    return Authenticator.objects.create(
        user_id=user_id, type="webauthn", data={"name": name, "credential": {}}
    )


def test_a_passkey_that_is_the_last_way_in_stays(now):
    user = models.User.objects.create_user()
    passkey = make_passkey(user.pk)

    with pytest.raises(services.LastWayInError):
        services.remove_passkey(user_id=user.pk, passkey_id=passkey.pk, now=now)
    assert Authenticator.objects.count() == 1


def test_one_of_two_goes_and_nobody_elses():
    client = browser()
    user = sign_in(client)
    mine, theirs = make_passkey(user), make_passkey(models.User.objects.create_user().pk)

    for row in (mine, theirs):
        services.remove_passkey(user_id=user, passkey_id=row.pk, now=clock.now())

    assert list(Authenticator.objects.values_list("pk", flat=True)) == [theirs.pk]


def test_the_name_of_a_passkey_is_sealed():
    make_passkey(models.User.objects.create_user().pk, "张三的手机")

    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        assert "张三".encode() not in bytes(cursor.fetchone()[0])
