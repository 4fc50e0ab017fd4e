"""Passwords are optional, tell nobody anything, and count their guesses."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import models, services
from tests.factories.programmes import make_shop
from tests.members.signing import PHONE, add_app, browser, prove, sign_in

pytestmark = pytest.mark.django_db
SECRET = "correct horse battery"


@pytest.fixture(autouse=True)
def shop(settings):
    cache.clear()
    shop = make_shop()
    settings.MEMBER_CENTER_STOREFRONT = shop.storefront.code
    return shop


@pytest.fixture
def member():
    client = browser()
    sign_in(client)
    prove(client)
    assert client.post("/me/security/password", {"password": SECRET}).status_code == 302
    cache.clear()
    return client


def enter(client, address=PHONE, word=SECRET, **more):
    return client.post("/sign-in/password", {"address": address, "password": word, **more})


def test_a_password_signs_in(member):
    other = browser()

    assert enter(other, next="/points")["Location"] == "/points"
    assert other.session["_auth_user_id"] == member.session["_auth_user_id"]
    assert member.get("/me/security").status_code == 200


def test_setting_one_needs_a_proof_and_signs_the_others_out():
    one, other = browser(), browser()
    sign_in(one)
    sign_in(other)
    assert one.post("/me/security/password", {"password": SECRET}).status_code == 302
    assert not models.User.objects.latest("pk").has_usable_password()
    prove(one)

    one.post("/me/security/password", {"password": SECRET})

    assert [c.get("/me/security").status_code for c in (one, other)] == [200, 302]


@pytest.mark.parametrize("word", ["", "short", "password1"])
def test_a_weak_one_is_refused_at_the_field(word):
    client = browser()
    sign_in(client)
    prove(client)

    page = client.post("/me/security/password", {"password": word})

    assert page.status_code == 422
    assert 'aria-describedby="password-error"' in page.content.decode()


def test_unknown_wrong_and_none_look_alike_and_cost_the_same(member, shop):
    sign_in(browser(), "13900139000")
    found = []
    for address, word in ((PHONE, "wrong"), ("13900139000", "wrong"), ("13700137000", "wrong")):
        cache.clear()
        client = browser()
        client.get("/sign-in/password")
        with CaptureQueriesContext(connection) as asked:
            page = enter(client, address, word)
        words = "do not belong together" in page.content.decode()
        found.append((page.status_code, words, len(asked.captured_queries)))

    assert found[0][:2] == (422, True)
    assert len(set(found)) == 1


def test_guessing_is_stopped_by_address_whatever_the_network(member, settings):
    settings.TRUSTED_PROXIES = 1
    for number in range(10):
        client = browser()
        client.defaults["HTTP_X_FORWARDED_FOR"] = f"10.0.{number}.1"
        assert enter(client, word=f"wrong {number}").status_code == 422

    stopped = browser()
    assert enter(stopped).status_code == 422
    assert "_auth_user_id" not in stopped.session


def test_staff_do_not_come_in_here():
    user = services.create_staff(username="ada", password=SECRET)
    models.User.objects.filter(pk=user).update(phone="+8613800138000")

    assert enter(browser()).status_code == 422


def test_the_second_proof_is_asked_for_here_too(member):
    add_app(member)
    other = browser()

    assert enter(other)["Location"] == "/sign-in/proof"
    assert "_auth_user_id" not in other.session


def test_next_stays_on_this_site(member):
    assert enter(browser(), next="https://evil.example/")["Location"] == "/"
