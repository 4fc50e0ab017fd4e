"""How risky a sign-in looks; the worked table of docs/algorithms/sign-in-risk.md."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache

from config.kernel import clock, relay
from config.kernel.models import OutboxEvent
from members import models, risk, safety, selectors, services
from members.types import Outcome, Passkey, Risk, Safety
from members.visits import Visit
from messaging.models import LocalMessage
from tests.factories.programmes import make_shop
from tests.members import reading
from tests.members.signing import browser, give_first_proof, sign_in

SHANGHAI = ZoneInfo("Asia/Shanghai")
HERE, THERE = (31.2, 121.5), (51.5, -0.1)


def seen(now, *, device=b"d", network=b"n", place=None, ago=timedelta()):
    return risk.Seen(device=device, network=network, place=place, at=now - ago)


def weigh(current, before, failures=0):
    return risk.weigh(current=current, before=before, failures=failures, zone=SHANGHAI)


def habit(now):
    return [seen(now, ago=timedelta(days=day)) for day in range(1, 11)]


@pytest.mark.parametrize("line", [
    line for line in (Path(django_settings.BASE_DIR) / "docs/algorithms/sign-in-risk.md")
    .read_text().splitlines() if re.match(r"\| `", line)
])  # fmt: skip
def test_the_weights_are_as_documented(line):
    code, points = re.match(r"\| `(\w+)` \| (\d+) \|", line).groups()

    assert risk.WEIGHTS[code] == int(points)


def test_the_first_sign_in_is_no_risk(now):
    assert weigh(seen(now), []).score == 0


def test_the_same_as_ever_is_no_risk(now):
    assert weigh(seen(now), habit(now)).reasons == ()


def test_each_reason_is_found(now):
    before = [seen(now, place=HERE, ago=timedelta(hours=1)), *habit(now)]

    assert weigh(seen(now, device=b"x"), before).reasons == (risk.NEW_DEVICE,)
    assert weigh(seen(now, device=None), before).reasons == (risk.NEW_DEVICE,)
    assert weigh(seen(now, network=b"x"), before).reasons == (risk.NEW_NETWORK,)
    assert weigh(seen(now), before, failures=3).reasons == (risk.MANY_FAILURES,)
    assert weigh(seen(now, place=THERE), before).reasons == (risk.IMPOSSIBLE_SPEED,)
    night = now + timedelta(hours=12)
    assert weigh(seen(night), habit(now)).reasons == (risk.UNUSUAL_HOUR,)


def test_a_flight_is_no_wonder(now):
    before = [seen(now, place=HERE, ago=timedelta(hours=14))]

    assert weigh(seen(now, place=THERE), before).score == 0
    assert 9000 < risk.kilometers(HERE, THERE) < 9400


def test_all_at_once_is_a_hundred(now):
    before = [seen(now, place=HERE, ago=timedelta(hours=1)), *habit(now)]
    current = seen(now, device=b"x", network=b"x", place=THERE)

    assert weigh(current, before, failures=9).score == 100


@pytest.fixture
def shop(db, settings):
    cache.clear()
    shop = make_shop()
    settings.MEMBER_CENTER_STOREFRONT = shop.storefront.code
    return shop


@pytest.mark.usefixtures("shop")
def test_a_risky_sign_in_is_kept_with_its_reasons_and_told(settings):
    settings.TRUSTED_PROXIES = 1
    sign_in(browser())
    abroad = browser()
    abroad.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.7"

    sign_in(abroad)

    latest = models.SignInAttempt.objects.latest("id")
    assert latest.outcome == Outcome.TOLD
    assert latest.reasons == [risk.NEW_DEVICE, risk.NEW_NETWORK]
    relay.drain(now=clock.now())
    told = LocalMessage.objects.get(template="risky_sign_in")
    assert "新设备" in told.body or "new device" in told.body
    page = abroad.get("/me/security").content.decode()
    assert "new device" in page
    assert OutboxEvent.objects.filter(name="members.signed_in.v1").count() == 2


@pytest.mark.usefixtures("shop")
def test_a_very_risky_one_is_challenged(settings):
    settings.SIGN_IN_RISK_CHALLENGED = 25
    user = sign_in(browser())
    thief = browser()

    half = give_first_proof(thief)

    assert half["Location"] == "/sign-in/proof"
    assert "_auth_user_id" not in thief.session
    challenged = models.SignInAttempt.objects.latest("id")
    assert (challenged.user_id, challenged.outcome) == (user, Outcome.CHALLENGED)
    page = thief.get("/sign-in/proof")
    done = thief.post("/sign-in/proof", {"kind": "picture", **reading.fields(page)})
    assert done.status_code == 302
    assert "_auth_user_id" in thief.session


@pytest.mark.usefixtures("shop")
def test_who_has_a_second_address_is_challenged_by_it(settings):
    settings.SIGN_IN_RISK_CHALLENGED = 25
    user = sign_in(browser())
    models.User.objects.filter(pk=user).update(email="li@example.com")
    thief = browser()
    give_first_proof(thief)

    page = thief.get("/sign-in/proof").content.decode()

    assert "l***@example.com" in page
    assert 'name="picture"' not in page
    assert "Send a code to +86" not in page


@pytest.mark.django_db
def test_failures_weigh_until_the_next_sign_in(shop, now):
    visit = Visit(ip="10.0.0.1", device="d")
    for _ in range(3):
        services.record_failure(user_id=5)
    given = {"user_id": 5, "programme_id": shop.programme.id, "visit": visit, "now": now}

    weighed = services.weigh_sign_in(**given)
    services.record_sign_in(**given, member_id=None, by="phone", weighed=weighed)

    assert weighed.reasons == (risk.MANY_FAILURES,)
    assert services.weigh_sign_in(**given).score == 0


class Locator:
    """Knows two networks."""

    def locate(self, ip):
        return {"10.0.0.1": HERE, "10.9.0.1": THERE}.get(ip)


@pytest.mark.django_db
def test_a_locator_that_operators_name_is_asked(shop, now, settings):
    settings.SIGN_IN_LOCATOR = "tests.members.test_risk.Locator"
    given = {"user_id": 5, "programme_id": shop.programme.id}
    first = Visit(ip="10.0.0.1", device="d")
    weighed = services.weigh_sign_in(**given, visit=first, now=now)
    services.record_sign_in(
        **given, member_id=None, by="phone", weighed=weighed, visit=first, now=now
    )

    later = services.weigh_sign_in(
        **given, visit=Visit(ip="10.9.0.1", device="d"), now=now + timedelta(hours=1)
    )

    assert later.reasons == (risk.NEW_NETWORK, risk.IMPOSSIBLE_SPEED)


@pytest.mark.django_db
def test_old_sign_ins_are_forgotten(shop, now):
    services.record_sign_in(
        user_id=5,
        member_id=None,
        programme_id=shop.programme.id,
        by="phone",
        weighed=Risk(score=0),
        visit=Visit(),
        now=now,
    )

    assert services.forget_attempts(before=now) == 0
    assert services.forget_attempts(before=now + timedelta(days=1)) == 1
    assert selectors.list_attempts(user_id=5) == []


def test_the_score_counts_to_a_hundred(now):
    nothing = Safety(
        phone=None, email=None, has_password=False, has_authenticator=False, recovery_codes_left=0
    )
    passkey = Passkey(id=1, name="", added_at=now, used_at=None)
    everything = Safety(
        phone="x",
        email="x",
        has_password=True,
        has_authenticator=True,
        recovery_codes_left=10,
        passkeys=(passkey,),
        is_verified=True,
    )

    assert safety.score_of(nothing) == 5
    assert safety.score_of(everything) == 100
    assert [p.code for p in safety.points_of(nothing) if not p.is_done][:2] == [
        "phone",
        "second_proof",
    ]
