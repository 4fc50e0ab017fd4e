"""Buttons: a form with a reason, a service, and a line in the audit log."""

from __future__ import annotations

import re

import pytest
from allauth.idp.oidc.models import Client as ApiClientRow
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from config.kernel import clock
from config.kernel.models import AuditRecord, Delivery, OutboxEvent
from members.programmes import selectors as programmes_selectors
from points import selectors as points_selectors
from points.models import Account
from tests.console.conftest import operator
from tests.factories.story import Story


def found(pattern: str, html: str) -> str:
    """Return what a page holds at a place."""
    match = re.search(pattern, html)
    assert match is not None
    return match.group(1)


def balance(story: Story) -> int:
    now = clock.now()
    return points_selectors.get_balance(
        member_id=story.member_id, programme_id=story.shop.programme.id, at=now, now=now
    ).available


@pytest.fixture
def adjusting(story: Story) -> str:
    account = Account.objects.get(member_id=story.member_id, currency="points")
    return reverse("admin:points_account_adjust", args=[f"{story.member_id}-{account.pk}"])


def test_correction_moves_points_once_and_is_audited(story: Story, adjusting):
    client = operator()
    before = balance(story)
    key = found(r'name="key" value="(\w+)"', client.get(adjusting).content.decode())
    form = {"points": "-57", "code": "wrong", "reason": "till error", "key": key}

    for _double_click in range(2):
        assert client.post(adjusting, form).status_code == 302

    assert balance(story) == before - 57
    record = AuditRecord.objects.get(action="points.adjusted")
    assert record.reason == "till error"
    assert record.actor.startswith("staff:")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"points": "0", "code": "wrong", "reason": "x", "key": "k"}, "0 没有意义。"),
        ({"points": "", "code": "wrong", "reason": "x", "key": "k"}, "必填"),
        ({"points": "5", "code": "wrong", "reason": "", "key": "k"}, "必填"),
        ({"points": "5", "code": "", "reason": "x", "key": "k"}, "必填"),
        ({"points": "5", "code": "whim", "reason": "x", "key": "k"}, "选择一个有效的选项"),
        ({"points": "-99999999", "code": "wrong", "reason": "x", "key": "k"}, "积分不足"),
    ],
)
def test_bad_correction_is_refused_on_the_form(story: Story, adjusting, form, said):
    before = balance(story)

    answer = operator().post(adjusting, form)

    assert answer.status_code == 200
    html = answer.content.decode()
    assert said in html or "这个字段" in html
    assert balance(story) == before


def test_client_is_made_and_its_secret_shown_once(story: Story):
    client = operator()
    form = {
        "storefront": story.shop.storefront.id,
        "name": "till 7",
        "scopes": ["orders:write", "points:read"],
        "rate_per_minute": "60",
    }

    answer = client.post("/ops/programmes/clientbinding/new/", form)

    html = answer.content.decode()
    secret = found(r'id="client-secret">([^<]+)<', html)
    made = ApiClientRow.objects.get(name="till 7")
    assert made.check_secret(secret)
    assert "no-store" in answer.headers["Cache-Control"]
    assert (
        secret
        not in client.get(f"/ops/programmes/clientbinding/{made.pk}/change/").content.decode()
    )


def test_client_is_revoked_with_a_reason(story: Story):
    client = operator()
    made = story.api.client_id

    assert (
        client.post(f"/ops/programmes/clientbinding/{made}/revoke/", {"reason": "lost"}).status_code
        == 302
    )

    assert not ApiClientRow.objects.filter(pk=made).exists()


def test_settings_change_as_a_new_version_with_a_reason(story: Story):
    programme = story.shop.programme.id
    form = {
        "return_window_days": "14",
        "points_validity_months": "24",
        "return_grace_days": "30",
        "reservation_ttl_seconds": "1800",
        "debt_policy": "within_balance",
        "merge_alone": "5000",
        "reason": "festival",
    }

    assert (
        operator().post(f"/ops/programmes/programme/{programme}/settings/", form).status_code == 302
    )

    versions = programmes_selectors.list_settings_versions(programme)
    assert versions[0].settings.return_window_days == 14
    assert versions[0].reason == "festival"


def test_settings_out_of_bounds_are_refused_on_the_form(story: Story):
    form = {
        "return_window_days": "9999",
        "points_validity_months": "24",
        "return_grace_days": "30",
        "reservation_ttl_seconds": "1800",
        "debt_policy": "allow_debt",
        "merge_alone": "5000",
        "reason": "oops",
    }

    answer = operator().post(f"/ops/programmes/programme/{story.shop.programme.id}/settings/", form)

    assert answer.status_code == 200
    assert "设置无效" in answer.content.decode()


@pytest.mark.parametrize(("act", "state"), [("retry", "waiting"), ("drop", "dropped")])
def test_dead_letter_is_retried_or_dropped_with_a_reason(story: Story, act, state):
    now = clock.now()
    event = OutboxEvent.objects.create(
        name="test.happened.v1", payload={}, occurred_at=now, recorded_at=now, relayed_at=now
    )
    dead = Delivery.objects.create(
        event=event,
        handler="a.b",
        queue="default",
        state="dead",
        attempts=9,
        due_at=now,
        created_at=now,
    )
    client = operator()
    path = f"/ops/kernel/delivery/{dead.pk}/{act}/"
    assert client.post(path, {"reason": ""}).status_code == 200

    assert client.post(path, {"reason": "the provider is back"}).status_code == 302

    dead.refresh_from_db()
    assert dead.state == state
    assert AuditRecord.objects.filter(reason="the provider is back").exists()


def test_what_keeps_the_product_running_cannot_be_deleted(db):
    client = operator("en")
    sweep = PeriodicTask.objects.get(name="kernel.relay")

    for path in (
        f"/ops/django_celery_beat/periodictask/{sweep.pk}/delete/",
        f"/ops/django_celery_beat/intervalschedule/{sweep.interval_id}/delete/",
    ):
        assert client.post(path, {"post": "yes"}).status_code == 403, path
    picked = {"action": "delete_selected", "_selected_action": [sweep.interval_id], "post": "yes"}
    client.post("/ops/django_celery_beat/intervalschedule/", picked)

    assert PeriodicTask.objects.filter(pk=sweep.pk).exists()
