"""Staff give two proofs at the console, and guessing passwords there is stopped."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache

from members import models, services
from tests.factories.programmes import make_shop
from tests.members.signing import app_code, browser, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(settings):
    cache.clear()
    settings.MEMBER_CENTER_STOREFRONT = make_shop().storefront.code
    settings.STAFF_SECOND_PROOF = True
    services.create_staff(username="ada", password="a long password", superuser=True)


def enter(client, word="a long password"):
    return client.post("/ops/login/?next=/ops/", {"username": "ada", "password": word})


def bind_app(client):
    page = client.get("/staff/authenticator").content.decode()
    secret = re.findall(r"font-mono[^>]*>([A-Z2-7 ]+)<", page)[0].replace(" ", "")
    done = client.post("/staff/authenticator", {"code": app_code(secret)})
    assert "select-all" in done.content.decode()
    return secret


def test_the_first_time_an_app_is_bound():
    client = browser()
    enter(client)
    away = client.get("/ops/members/user/")
    assert away["Location"].startswith("/staff/authenticator?next=")

    bind_app(client)

    assert client.get("/ops/").status_code == 200


def test_afterwards_its_code_is_asked_for():
    first = browser()
    enter(first)
    secret = bind_app(first)
    client = browser()
    enter(client)

    away = client.get("/ops/")

    assert away["Location"].startswith("/me/security/proof?next=")
    assert client.get("/staff/authenticator")["Location"] == "/me/security/proof"
    done = client.post(
        away["Location"], {"kind": "totp", "code": app_code(secret), "next": "/ops/"}
    )
    assert done["Location"] == "/ops/"
    assert client.get("/ops/").status_code == 200


def test_the_demo_lets_them_in_with_one_and_says_so(settings):
    settings.STAFF_SECOND_PROOF = False
    client = browser()
    enter(client)

    assert "Demo: staff need no second proof" in client.get("/ops/").content.decode()


def test_guessing_is_stopped_by_name():
    for number in range(10):
        assert enter(browser(), f"wrong {number}").status_code == 200

    refused = enter(browser())

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0


def test_members_have_no_business_there():
    client = browser()
    sign_in(client)

    assert client.get("/staff/authenticator")["Location"].startswith("/ops/login/")
    assert client.get("/ops/")["Location"].startswith("/ops/login/")


def test_sign_ins_are_shown_with_reasons_and_without_whole_networks(settings):
    settings.STAFF_SECOND_PROOF = False
    member = browser()
    sign_in(member)
    models.SignInAttempt.objects.update(reasons=["new_device"], risk=25)
    client = browser()
    enter(client)

    page = client.get("/ops/members/signinattempt/").content.decode()

    assert "new device" in page
    assert "127.0.*.*" in page
    assert "127.0.0.1" not in page
    for path in ("mfa/authenticator", "usersessions/usersession"):
        assert client.get(f"/ops/{path}/").status_code == 404
