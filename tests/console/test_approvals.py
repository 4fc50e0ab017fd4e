"""The inbox: what waits, what it would touch, and nobody's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from config.kernel import approvals, clock
from config.kernel.models import Approval
from members import services as members_services
from members.models import User

INBOX = "/ops/kernel/approval/"


@pytest.fixture
def bell(db: None) -> Iterator[list[int]]:
    rung: list[int] = []

    @approvals.kind(
        "tests.bell",
        title="Ring the bell",
        permission="kernel.view_auditrecord",
        summary=lambda payload: approvals.Summary(
            what=f"ring {payload['times']} times",
            touches=[approvals.Touch(text="the old bell", url="/ops/bell")],
            changes=[approvals.Change(label="Rung", before=len(rung), after=len(rung) + 1)],
        ),
        headline=lambda payload: f"× {payload['times']}",
    )
    def ring(*, approval: Approval, now: datetime) -> dict[str, Any] | None:
        rung.append(approval.payload["times"])
        return None

    yield rung
    approvals.forget("tests.bell")


def staff(name: str, *permissions: str, language: str = "en") -> tuple[Client, str]:
    pk = members_services.create_staff(username=name, password="a-long-password")
    user = User.objects.get(pk=pk)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=[*permissions, "see_all_stores"])
    )
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client, f"staff:{pk}"


def ask(by: str, *, ago: timedelta = timedelta(hours=2)) -> Approval:
    return approvals.request(
        kind="tests.bell",
        payload={"times": 3},
        requested_by=by,
        reason="noon",
        now=clock.now() - ago,
    )


@pytest.mark.parametrize(
    ("language", "waiting", "touched"),
    [("en", "Waiting", "What it will touch"), ("zh-hans", "等待", "会动到什么")],
)
def test_the_inbox_tells_what_waits_and_what_it_would_do(bell, language, waiting, touched):
    ben, _ben_is = staff("ben", "view_auditrecord", language=language)
    _ann, ann_is = staff("ann")
    asked = ask(ann_is)

    listed = ben.get(INBOX).content.decode()
    shown = ben.get(f"{INBOX}{asked.pk}/change/").content.decode()

    assert re.search("Ring the bell(: |：)× 3", listed)
    assert "ann" in listed
    assert waiting in listed
    for words in (touched, "the old bell", "ring 3 times", "noon", "Rung"):
        assert words in shown
    assert f"{INBOX}{asked.pk}/approve/" in shown


def test_approving_rings_once_and_says_so(bell):
    ben, _ = staff("ben", "view_auditrecord")
    asked = ask(staff("ann")[1])
    page = f"{INBOX}{asked.pk}/approve/"

    assert "Rung: 0 → 1" in ben.get(page).content.decode()
    assert ben.post(page, {"note": "ok"}).status_code == 302
    again = ben.post(page, {"note": "ok"})

    assert bell == [3]
    assert again.status_code in (302, 403)
    shown = ben.get(f"{INBOX}{asked.pk}/change/").content.decode()
    assert "Approved" in shown
    assert f"{INBOX}{asked.pk}/approve/" not in shown


def test_whoever_asked_may_only_withdraw(bell):
    ann, ann_is = staff("ann", "view_auditrecord")
    asked = ask(ann_is)

    shown = ann.get(f"{INBOX}{asked.pk}/change/").content.decode()
    assert f"{INBOX}{asked.pk}/approve/" not in shown
    assert ann.post(f"{INBOX}{asked.pk}/approve/", {"note": ""}).status_code in (302, 403)
    assert bell == []
    assert ann.post(f"{INBOX}{asked.pk}/withdraw/", {"note": ""}).status_code == 302

    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_a_refusal_says_why_at_the_field(bell):
    ben, _ = staff("ben", "view_auditrecord")
    asked = ask(staff("ann")[1])

    answer = ben.post(f"{INBOX}{asked.pk}/refuse/", {"note": ""})

    assert "This field is required." in answer.content.decode()
    assert ben.post(f"{INBOX}{asked.pk}/refuse/", {"note": "too loud"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.note) == ("refused", "too loud")


def test_strangers_to_a_kind_see_only_what_they_asked_for(bell):
    cat, cat_is = staff("cat")
    theirs = ask(staff("ann")[1])
    own = ask(cat_is)

    listed = cat.get(INBOX).content.decode()

    assert f"{INBOX}{own.pk}/change/" in listed
    assert f"{INBOX}{theirs.pk}/change/" not in listed
    assert cat.get(f"{INBOX}{theirs.pk}/change/").status_code == 302
    assert cat.post(f"{INBOX}{theirs.pk}/approve/", {"note": ""}).status_code in (302, 403, 404)
    assert bell == []


def test_the_inbox_costs_the_same_however_much_waits(bell, django_assert_max_num_queries):
    ben, _ = staff("ben", "view_auditrecord")
    _, ann_is = staff("ann")
    for _n in range(20):
        ask(ann_is)
    ben.get(INBOX)

    with django_assert_max_num_queries(14):
        ben.get(INBOX)


def test_what_is_past_its_time_is_shown_so_before_any_job_ran(bell):
    ben, _ = staff("ben", "view_auditrecord")
    asked = ask(staff("ann")[1], ago=timedelta(days=8))

    assert f"{INBOX}{asked.pk}/change/" not in ben.get(INBOX).content.decode()
    late = ben.get(f"{INBOX}?state=expired").content.decode()
    assert f"{INBOX}{asked.pk}/change/" in late
    assert "Past its time" in late
