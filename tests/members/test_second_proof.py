"""Authenticator app, recovery codes, and the fresh proof before what is grave."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection

from config.kernel import clock, relay
from members import models, services
from members.types import ContactKind, ProofKind, Purpose
from messaging.models import LocalMessage
from tests.factories.programmes import make_shop
from tests.members.signing import (
    add_app,
    app_code,
    browser,
    give_first_proof,
    latest_code,
    prove,
    secret_of,
    sign_in,
)

pytestmark = pytest.mark.django_db
GRAVE = [
    ("get", "/me/security/change"),
    ("get", "/me/security/authenticator"),
    ("post", "/me/security/authenticator/remove"),
    ("get", "/me/security/recovery-codes"),
    ("post", "/me/security/recovery-codes"),
]


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
    return client


@pytest.mark.parametrize(("method", "path"), GRAVE)
def test_what_is_grave_leads_to_a_fresh_proof_and_back(member, method, path):
    answer = getattr(member, method)(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/me/security/proof?next=%2Fme%2Fsecurity%2F")


@pytest.mark.parametrize(("method", "path"), [*GRAVE, ("get", "/me/security")])
def test_strangers_sign_in_first(method, path):
    assert "/sign-in?next=" in getattr(browser(), method)(path)["Location"]


def test_a_proof_is_fresh_for_five_minutes(now):
    session: dict[str, Any] = {}
    services.mark_proved(session=session, user_id=7, kind=ProofKind.PHONE, now=now)

    def is_fresh(seconds, user_id=7):
        at = now + timedelta(seconds=seconds)
        return services.has_fresh_proof(session=session, user_id=user_id, now=at)

    assert [is_fresh(0), is_fresh(299), is_fresh(300), is_fresh(-1)] == [True, True, False, False]
    assert not is_fresh(0, user_id=8)


def test_ten_thousand_points_go_without_a_proof_and_more_do_not(now):
    def spend(points, session):
        services.require_step_up_to_spend(session=session, user_id=7, points=points, now=now)

    spend(10_000, {})
    with pytest.raises(services.StepUpNeededError):
        spend(10_001, {})
    proved: dict[str, Any] = {}
    services.mark_proved(session=proved, user_id=7, kind=ProofKind.AUTHENTICATOR, now=now)
    spend(10_001, proved)


def test_an_app_is_bound_and_asked_for_from_then_on(member):
    secret = add_app(member)
    assert "recovery" in member.get("/me/security").content.decode().lower()
    other = browser()

    half = give_first_proof(other)

    assert half["Location"] == "/sign-in/proof"
    assert "_auth_user_id" not in other.session
    page = other.get("/sign-in/proof").content.decode()
    assert "authenticator app" in page
    assert "Send a code" not in page
    wrong = other.post("/sign-in/proof", {"kind": "totp", "code": "000000"})
    assert wrong.status_code == 422
    done = other.post("/sign-in/proof", {"kind": "totp", "code": app_code(secret)})
    assert done["Location"] == "/"
    assert "_auth_user_id" in other.session


def test_a_code_of_the_app_works_once(member):
    secret = add_app(member)
    code = app_code(secret)
    user = int(member.session["_auth_user_id"])
    given: dict[str, Any] = {
        "user_id": user,
        "kind": ProofKind.AUTHENTICATOR,
        "text": code,
        "now": clock.now(),
    }

    services.check_proof(**given)

    with pytest.raises(services.WrongProofError):
        services.check_proof(**given)


def test_guessing_the_apps_code_is_stopped(member, now):
    add_app(member)
    user = int(member.session["_auth_user_id"])
    cache.clear()
    given: dict[str, Any] = {
        "user_id": user,
        "kind": ProofKind.AUTHENTICATOR,
        "text": "x",
        "now": now,
    }
    for _ in range(10):
        with pytest.raises(services.WrongProofError):
            services.check_proof(**given)

    with pytest.raises(services.TooManyCodesError):
        services.check_proof(**given)


def test_a_recovery_code_gets_in_once(member):
    add_app(member)
    page = member.get("/me/security/recovery-codes").content.decode()
    codes = [code.replace(" ", "") for code in re.findall(r"select-all\">(\d{4} \d{4})<", page)]
    assert len(codes) == 10
    for answer in (302, 422):
        other = browser()
        give_first_proof(other)
        given = other.post("/sign-in/proof", {"kind": "recovery", "code": codes[3]})
        assert given.status_code == answer


def test_new_recovery_codes_end_the_old_ones(member):
    add_app(member)
    user = int(member.session["_auth_user_id"])
    old = services.list_recovery_codes(user_id=user)

    assert member.post("/me/security/recovery-codes").status_code == 302

    assert not set(old) & set(services.list_recovery_codes(user_id=user))


def test_removing_the_app_takes_the_recovery_codes_along(member):
    add_app(member)

    member.post("/me/security/authenticator/remove")

    assert Authenticator.objects.count() == 0


def test_the_secret_is_sealed(member):
    add_app(member)
    secret = secret_of(int(member.session["_auth_user_id"]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        stored = b"".join(bytes(row[0]) for row in cursor.fetchall())

    assert secret.encode() not in stored


def test_a_new_phone_is_proved_told_and_signs_in(member):
    prove(member)
    page = member.post("/me/security/change", {"address": "13900139000"}).content.decode()
    token = re.findall(r'name="t" value="([^"]+)"', page)[0]

    done = member.post("/me/security/change", {"t": token, "code": latest_code()})

    assert done["Location"] == "/me/security"
    relay.drain(now=clock.now())
    assert LocalMessage.objects.filter(template="security_changed").exists()
    again = browser()
    assert sign_in(again, "13900139000") == int(member.session["_auth_user_id"])


def test_a_number_of_somebody_else_gets_the_same_answer_and_is_not_taken(member, shop):
    services.enrol(programme_id=shop.programme.id, phone="13900139000", now=clock.now())
    prove(member)
    answers = []
    for number in ("13900139000", "13900139001"):
        page = member.post("/me/security/change", {"address": number})
        answers.append((page.status_code, re.sub(r'value="[^"]*"|139\d*', "", str(page.content))))
        if number == "13900139000":
            token = re.findall(r'name="t" value="([^"]+)"', page.content.decode())[0]
            taken = member.post("/me/security/change", {"t": token, "code": latest_code()})

    assert taken.status_code == 422
    assert "another membership" in taken.content.decode()
    assert answers[0][0] == answers[1][0]
    assert models.User.objects.filter(phone="+8613900139000").count() == 0


def test_a_code_is_good_for_what_it_was_sent_for(member, shop):
    """A thief who is told "the code to sign in" must not change a number with it."""
    user = int(member.session["_auth_user_id"])
    proof = services.request_proof(
        user_id=user,
        programme_id=shop.programme.id,
        kind=ContactKind.PHONE,
        now=clock.now(),
    )
    code = latest_code()
    with pytest.raises(services.CodeExpiredError):
        services.confirm_code(token=proof.token, code=code, now=clock.now())
    member_id = models.Member.objects.get().pk
    with pytest.raises(services.CodeExpiredError):
        services.confirm_change(
            user_id=user, member_id=member_id, token=proof.token, code=code, now=clock.now()
        )
    with pytest.raises(services.CodeExpiredError):
        services.get_ticket(token=proof.token, purpose=Purpose.CHANGE)
    with pytest.raises(services.CodeExpiredError):
        services.check_proof(
            user_id=user + 1,
            kind=ProofKind.PHONE,
            text=code,
            token=proof.token,
            now=clock.now(),
        )


def test_a_planted_session_is_worth_nothing_after_the_second_proof(member):
    secret = add_app(member)
    other = browser()
    give_first_proof(other)
    planted = other.cookies["sessionid"].value

    other.post("/sign-in/proof", {"kind": "totp", "code": app_code(secret)})

    thief = browser()
    thief.cookies["sessionid"] = planted
    assert thief.get("/me/security").status_code == 302
    assert other.get("/me/security").status_code == 200


def test_nobody_is_half_in_by_asking_for_the_page():
    assert browser().get("/sign-in/proof")["Location"] == "/sign-in"


def test_the_way_back_stays_on_this_site(member):
    path = "/me/security/proof?next=https://evil.example/"
    page = member.post(path, {"kind": "phone", "send": "1", "next": "https://evil.example/"})
    token = re.findall(r'name="t" value="([^"]+)"', page.content.decode())[0]

    done = member.post(path, {"kind": "phone", "t": token, "code": latest_code()})

    assert done["Location"] == "/"
