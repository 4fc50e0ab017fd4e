"""Personal data in clear: for a while, by somebody else's word, and each look written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from config.kernel import approvals, clock
from config.kernel.models import Approval
from members import selectors, services
from members.errors import GrantTooLongError
from members.models import AccessRecord, DataGrant
from messaging.models import LocalMessage
from tests.console.people import browser, staff
from tests.factories.story import PHONE, Story, make_story

ASK = "/ops/members/datagrant/ask/"


@pytest.fixture
def story(db) -> Story:
    return make_story(full=False)


def test_masked_until_somebody_else_agrees_and_masked_again_when_the_time_is_over(story, settings):
    sue, pia = staff("sue", "support"), staff("pia", "privacy_officer")
    page = f"/ops/members/member/{story.member_id}/change/"
    at_work = browser(sue)
    assert PHONE not in at_work.get(page).content.decode()

    asked = at_work.post(ASK, {"hours": "2", "reason": "Calls about the recall"})
    assert asked.status_code == 302
    assert PHONE not in at_work.get(page).content.decode()
    request = Approval.objects.get(kind="members.full_data")
    inbox = f"/ops/kernel/approval/{request.pk}/"
    assert at_work.post(f"{inbox}approve/", {"note": ""}).status_code == 403
    assert "sue" in browser(pia).get(f"{inbox}change/").content.decode()
    assert browser(pia).post(f"{inbox}approve/", {"note": "ok"}).status_code == 302

    shown = at_work.get(page).content.decode()
    assert PHONE in shown
    assert "You see personal data in clear until" in shown
    assert PHONE in at_work.get("/ops/members/member/").content.decode()
    assert PHONE not in browser(pia).get(page).content.decode()
    looks = AccessRecord.objects.filter(user_id=sue.pk).exclude(fields=[])
    assert [look.fields for look in looks] == [["name", "phone", "email"]] * 2

    DataGrant.objects.update(starts_at=clock.now() - timedelta(hours=2), ends_at=clock.now())
    assert PHONE not in at_work.get(page).content.decode()


def test_a_grant_is_ended_early_by_its_holder(story):
    sue = staff("sue", "support")
    now = clock.now()
    grant = DataGrant.objects.create(
        user_id=sue.pk, approval_id=1, reason="x", starts_at=now, ends_at=now + timedelta(hours=1)
    )
    page = f"/ops/members/datagrant/{grant.pk}/end/"

    assert browser(staff("sam", "support")).get(page).status_code in (403, 404)
    assert browser(sue).post(page, {"reason": "done"}).status_code == 302
    assert selectors.find_data_grant(user_id=sue.pk, now=clock.now()) is None


@pytest.mark.parametrize("hours", [0, -1, 9, 100])
def test_no_grant_without_an_end(db, hours):
    with pytest.raises(GrantTooLongError):
        services.request_full_data(user_id=1, hours=hours, reason="x", now=clock.now())


@pytest.mark.parametrize("form", [{"hours": "99", "reason": "x"}, {"hours": "1"}, {}])
def test_a_wrong_request_is_refused_at_its_field(story, form):
    answer = browser(staff("sue", "support")).post(ASK, form)

    assert answer.context["form"].errors
    assert not Approval.objects.exists()


def test_a_request_that_nobody_decides_lapses(story):
    sue, pia = staff("sue", "support"), staff("pia", "privacy_officer")
    then = clock.now() - timedelta(days=8)
    asked = services.request_full_data(user_id=sue.pk, hours=1, reason="x", now=then)

    with pytest.raises(approvals.ApprovalExpiredError):
        approvals.decide(
            approval_id=asked.pk, approver=f"staff:{pia.pk}", approve=True, now=clock.now()
        )
    assert not DataGrant.objects.exists()


def test_the_access_log_cannot_be_changed_by_the_application(story):
    services.record_access(
        user_id=1, member_ids=[story.member_id], page="members.member", now=clock.now()
    )

    for change in (
        lambda: AccessRecord.objects.update(user_id=2),
        lambda: AccessRecord.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_who_looked_can_be_told_to_the_member(story):
    now = clock.now()
    for page in ("members.member", "commerce.order"):
        services.record_access(user_id=7, member_ids=[story.member_id], page=page, now=now)

    found = selectors.list_accesses(member_ids=[story.member_id])

    assert [look.page for look in found] == ["commerce.order", "members.member"]
    older = selectors.list_accesses(member_ids=[story.member_id], before=found[0].id)
    assert [look.page for look in older] == ["members.member"]


def test_beyond_a_demo_no_address_stands_in_clear_and_nobody_reads_a_code(story, settings):
    settings.DEMO = False
    LocalMessage.objects.create(
        key="c",
        kind="code",
        channel="sms",
        address=PHONE,
        body="code 424242",
        template="sign_in_code",
        status="sent",
        recorded_at=clock.now(),
    )

    shown = browser(staff("sue", "support")).get("/ops/messaging/localmessage/").content.decode()

    assert PHONE not in shown
    assert "424242" not in shown
    assert "+86138****8000" in shown
