"""Where a member is signed in: shown, and ended from afar."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection

from config.kernel import clock
from members import selectors, services
from members.visits import Visit
from tests.factories.programmes import make_shop
from tests.members.signing import browser, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(settings):
    cache.clear()
    settings.MEMBER_CENTER_STOREFRONT = make_shop().storefront.code


@pytest.fixture
def two():
    here, there = browser(), browser(agent="Mozilla/5.0 (iPhone) MicroMessenger/8.0")
    sign_in(here)
    sign_in(there)
    return here, there


def sessions(client):
    return selectors.list_sessions(
        user_id=int(client.session["_auth_user_id"]),
        current=client.session.session_key,
        now=clock.now(),
    )


def test_both_are_shown_by_name_this_one_first(two):
    page = two[0].get("/me/security").content.decode()

    assert "Chrome on Windows" in page
    assert "WeChat on iPhone" in page
    assert "127.0.*.*" in page
    assert [s.is_current for s in sessions(two[0])] == [True, False]


def test_one_is_ended_from_afar(two):
    here, there = two
    other = sessions(here)[1]

    here.post(f"/me/security/sessions/{other.id}/end")

    assert there.get("/me/security").status_code == 302
    assert here.get("/me/security").status_code == 200


def test_all_others_are_ended(two):
    here, there = two
    third = browser()
    sign_in(third)

    here.post("/me/security/sessions/end-others")

    assert [c.get("/me/security").status_code for c in (here, there, third)] == [200, 302, 302]
    assert len(sessions(here)) == 1


def test_nobody_ends_somebody_elses(two):
    here, there = two
    stranger = browser()
    sign_in(stranger, "13900139000")

    stranger.post(f"/me/security/sessions/{sessions(here)[1].id}/end")

    assert there.get("/me/security").status_code == 200


def test_signing_out_leaves_the_list(two):
    here, there = two

    there.post("/sign-out")

    assert len(sessions(here)) == 1
    assert UserSession.objects.count() == 1


def test_sessions_that_ran_out_are_forgotten(two):
    services.open_session(user_id=1, session_key="gone", visit=Visit(), now=clock.now())

    assert services.forget_sessions() == 1
    assert UserSession.objects.count() == 2


@pytest.mark.usefixtures("two")
def test_networks_and_browsers_are_sealed():
    with connection.cursor() as cursor:
        cursor.execute("SELECT ip, user_agent FROM usersessions_usersession")
        stored = b"".join(bytes(value) for row in cursor.fetchall() for value in row)
        cursor.execute("SELECT ip, agent FROM members_signinattempt")
        stored += b"".join(bytes(value) for row in cursor.fetchall() for value in row)

    assert b"127.0.0.1" not in stored
    assert b"Chrome" not in stored
