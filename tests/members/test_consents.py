"""Consents by purpose and policies by version: given, withdrawn, asked for again."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from config.kernel.models import OutboxEvent
from members import models, policies, selectors, services
from members.errors import (
    InvalidPolicyError,
    PolicyNotFoundError,
    PolicyTakenError,
    UnknownPurposeError,
)
from members.types import Consent
from tests.factories.programmes import make_shop
from tests.members import signing

PROGRAMME = 1


@pytest.fixture
def member(now):
    return services.enrol(
        programme_id=PROGRAMME,
        phone="13800138000",
        consents=[Consent(purpose="terms", policy_version="v1")],
        now=now,
    ).member_id


def give(member, purpose, now):
    return services.give_consent(member_id=member, purpose=purpose, source="test", now=now)


def withdraw(member, purpose, now):
    return services.withdraw_consent(member_id=member, purpose=purpose, source="test", now=now)


def has(member, purpose):
    return selectors.has_consent(member_id=member, purpose=purpose)


def publish(version, now, *, material=True, kind="terms", programme_id=PROGRAMME):
    number = services.draft_policy(
        programme_id=programme_id,
        kind=kind,
        version=version,
        text_zh="全文",
        text_en="All of it",
        changes_zh="变了",
        changes_en="It changed",
        material=material,
        actor="staff:1",
        reason="test",
        now=now,
    )
    services.publish_policy(policy_id=number, actor="staff:1", reason="test", now=now)
    return number


@pytest.mark.django_db
def test_a_consent_is_given_and_withdrawn_and_every_change_is_kept(member, now):
    assert not has(member, "marketing_sms")
    assert give(member, "marketing_sms", now)
    assert not give(member, "marketing_sms", now)
    assert has(member, "marketing_sms")
    assert withdraw(member, "marketing_sms", now + timedelta(days=1))
    assert not withdraw(member, "marketing_sms", now + timedelta(days=1))
    assert not has(member, "marketing_sms")
    assert give(member, "marketing_sms", now + timedelta(days=2))

    rows = models.Consent.objects.filter(purpose="marketing_sms").order_by("id")
    assert [(r.given_at, r.withdrawn_at) for r in rows] == [
        (now, now + timedelta(days=1)),
        (now + timedelta(days=2), None),
    ]
    assert {r.source for r in rows} == {"test"}
    told = OutboxEvent.objects.filter(name="members.consent_changed.v1").order_by("id")
    assert [event.payload["is_given"] for event in told] == [True, False, True]


@pytest.mark.django_db
def test_what_is_on_by_itself_is_objected_to(member, now):
    assert has(member, "personalization")
    assert withdraw(member, "personalization", now)
    assert not withdraw(member, "personalization", now)
    assert not has(member, "personalization")
    assert give(member, "personalization", now)
    assert has(member, "personalization")


@pytest.mark.django_db
def test_nobody_agrees_to_what_is_not_asked(member, now):
    with pytest.raises(UnknownPurposeError):
        give(member, "nonsense", now)
    with pytest.raises(UnknownPurposeError):
        withdraw(member, "nonsense", now)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_row(now):
    member = services.enrol(programme_id=PROGRAMME, phone="13800138000", now=now).member_id

    def press():
        give(member, "face", now)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert models.Consent.objects.filter(purpose="face").count() == 1


@pytest.mark.django_db
def test_a_material_version_is_asked_for_again_and_blocks_nothing(member, now):
    later = now + timedelta(days=1)
    assert policies.version(programme_id=PROGRAMME, kind="terms") == "2026-11"
    publish("v2", later)
    publish("v3-typo", later + timedelta(hours=1), material=False)

    pending = policies.list_pending(member_id=member, programme_id=PROGRAMME)
    assert [p.version for p in pending] == ["v2"]
    assert policies.version(programme_id=PROGRAMME, kind="terms") == "v3-typo"
    agreed = services.agree_to_policies(
        member_id=member, source="test", now=later + timedelta(hours=2)
    )
    assert agreed == ["v2"]
    assert policies.list_pending(member_id=member, programme_id=PROGRAMME) == []
    versions = models.Consent.objects.filter(purpose="terms").values_list(
        "policy_version", flat=True
    )
    assert sorted(versions) == ["v1", "v2"]


@pytest.mark.django_db
def test_a_published_version_stays_as_it_is(now):
    number = publish("v1", now)

    with pytest.raises(PolicyNotFoundError):
        services.publish_policy(policy_id=number, actor="staff:1", reason="r", now=now)
    with pytest.raises(PolicyTakenError):
        publish("v1", now)


@pytest.mark.django_db
def test_a_material_change_says_what_changed(now):
    with pytest.raises(InvalidPolicyError):
        services.draft_policy(
            programme_id=PROGRAMME,
            kind="terms",
            version="v1",
            text_zh="全文",
            text_en="All of it",
            material=True,
            actor="staff:1",
            reason="r",
            now=now,
        )


@pytest.mark.django_db
def test_pages_show_papers_purposes_and_what_is_held(now):
    shop = make_shop()
    browser = signing.browser()
    signing.sign_in(browser)
    member = models.Member.objects.get()
    publish("2099-01", now + timedelta(days=3650), programme_id=shop.programme.id)

    page = browser.get("/me/privacy/consents").content.decode()
    assert "Our papers have changed" in page
    assert "Offers by SMS" in page
    form = {"purpose": "marketing_sms", "give": "1"}
    assert browser.post("/me/privacy/consents", form).status_code == 302
    assert has(member.pk, "marketing_sms")
    browser.post("/me/privacy/consents", {"purpose": "marketing_sms", "give": "0"})
    assert not has(member.pk, "marketing_sms")
    assert browser.post("/me/privacy/consents", {"purpose": "x"}).status_code == 302

    assert "All of it" in signing.browser().get("/privacy/policies/terms/2099-01").content.decode()
    assert signing.browser().get("/privacy/policies/terms/none").status_code == 404
    held = browser.get("/me/privacy/held").content.decode()
    assert "to recognize the member" in held.lower()
    assert "direct, encrypted" in held
