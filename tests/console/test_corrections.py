"""Corrections by hand: through the ledger, within one's limit, else with a second person."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from config.kernel import clock
from config.kernel.models import Approval, AuditRecord
from members import services as members_services
from members.models import User
from points import selectors, services
from points.models import Account, AdjustmentLimit, Entry
from points.types import Kind
from tests.factories.story import Story, make_story


@pytest.fixture
def story(db: None) -> Story:
    return make_story()


def staff(name: str, role: str, *permissions: str, language: str = "en") -> Client:
    pk = members_services.create_staff(username=name, password="a-long-password", roles=[role])
    user = User.objects.get(pk=pk)
    wanted = Permission.objects.filter(content_type__app_label="points", codename__in=permissions)
    user.user_permissions.set([*wanted, Permission.objects.get(codename="see_all_stores")])
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def support(language: str = "en") -> Client:
    return staff("sue", "support", "view_account", "change_account", language=language)


def manager() -> Client:
    return staff(
        "max", "manager", "view_account", "change_account", "approve_correction", "view_entry"
    )


def form_of(client: Client, page: str) -> dict[str, Any]:
    key = re.search(r'name="key" value="(\w+)"', client.get(page).content.decode())
    assert key is not None
    return {"code": "goodwill", "reason": "late parcel", "key": key.group(1), "currency": "points"}


def page_of(story: Story) -> str:
    return reverse("admin:points_account_correct", args=[story.member_id])


def available(story: Story) -> int:
    now = clock.now()
    return selectors.get_balance(
        member_id=story.member_id, programme_id=story.shop.programme.id, at=now, now=now
    ).available


def test_h19_a_correction_is_an_entry_with_actor_reason_and_end(story):
    sue, before = support(), available(story)
    page = page_of(story)

    answer = sue.post(page, {**form_of(sue, page), "points": "500"})

    assert answer.status_code == 302
    assert available(story) == before + 500
    entry = Entry.objects.get(member_id=story.member_id, kind=Kind.ADJUST)
    pk = User.objects.get(staff_name="sue").pk
    assert (entry.actor, entry.rule, entry.reason) == (
        f"staff:{pk}",
        "correction:goodwill",
        "late parcel",
    )
    # Given by hand, they last as long as earned ones.
    assert entry.lot_expires[0] is not None
    record = AuditRecord.objects.get(action="points.adjusted")
    assert record.after["balance"] - record.before["balance"] == 500


def test_h19_above_the_limit_nothing_moves_until_a_second_person_agrees(story):
    sue, before = support(), available(story)
    page = page_of(story)
    form = {**form_of(sue, page), "points": "501"}

    for _double_click in range(2):
        assert sue.post(page, form).status_code == 302

    assert available(story) == before
    asked = Approval.objects.get()
    inbox = reverse("admin:kernel_approval_change", args=[asked.pk])
    max_ = manager()
    shown = max_.get(inbox).content.decode()
    assert f"{before:,}" in shown
    assert f"{before + 501:,}" in shown
    approve = inbox.replace("change/", "approve/")
    assert sue.post(approve, {"note": ""}).status_code in (302, 403)
    assert available(story) == before
    assert max_.post(approve, {"note": "fine"}).status_code == 302
    assert available(story) == before + 501
    entry = Entry.objects.get(member_id=story.member_id, kind=Kind.ADJUST)
    assert entry.source == f"approval:{asked.pk}"
    assert entry.actor == asked.requested_by


def test_h19_a_limit_is_not_passed_in_small_steps(story):
    sue, page = support(), page_of(story)
    before = available(story)

    for points in ("300", "200", "1"):
        sue.post(page, {**form_of(sue, page), "points": points})

    assert available(story) == before + 500
    assert Approval.objects.get().payload["points"] == 1


def test_h19_who_may_only_look_corrects_nothing(story):
    viewer = staff("vic", "viewer", "view_account")

    assert viewer.get(page_of(story)).status_code == 403
    assert viewer.post(page_of(story), {"points": "5"}).status_code == 403


def test_h19_a_role_without_a_limit_may_only_ask(story):
    nora = staff("nora", "marketing", "view_account", "change_account")
    page = page_of(story)

    nora.post(page, {**form_of(nora, page), "points": "1"})

    assert Approval.objects.count() == 1
    assert not Entry.objects.filter(kind=Kind.ADJUST).exists()


def test_a_request_is_out_of_date_when_somebody_else_has_corrected(story):
    sue, page = support(), page_of(story)
    sue.post(page, {**form_of(sue, page), "points": "900"})
    max_ = manager()
    max_.post(page, {**form_of(max_, page), "points": "900"})
    inbox = reverse("admin:kernel_approval_approve", args=[Approval.objects.get().pk])
    before = available(story)

    answer = max_.post(inbox, {"note": ""})

    assert "asked for anew" in answer.content.decode()
    assert available(story) == before
    assert Approval.objects.get().state == "stale"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "A second person has to agree"), ("zh-hans", "须由第二人同意")],
)
def test_the_form_tells_what_would_come_of_it(story, language, said):
    sue, page = support(language), page_of(story)
    before = available(story)

    answer = sue.post(page, {**form_of(sue, page), "points": "700", "preview": "1", "reason": ""})

    html = answer.content.decode()
    assert f"{before + 700:,}" in html
    assert said in html
    assert available(story) == before
    assert not Entry.objects.filter(kind=Kind.ADJUST).exists()


def test_more_than_there_is_is_refused_at_the_field(story):
    sue, page = support(), page_of(story)

    answer = sue.post(page, {**form_of(sue, page), "points": "-99999"})

    assert "Not enough points" in answer.content.decode()
    assert not Approval.objects.exists()


def test_an_entry_is_reversed_by_hand_and_once(story):
    max_ = staff("max", "manager", "view_account", "change_account", "view_entry", "change_entry")
    spent = Entry.objects.get(member_id=story.member_id, kind=Kind.SPEND)
    page = reverse("admin:points_entry_reverse_entry", args=[f"{story.member_id}-{spent.pk}"])
    before = available(story)
    form = {**form_of(max_, page), "points": "300"}

    for _double_click in range(2):
        assert max_.post(page, form).status_code == 302
    rest = max_.post(page, {**form_of(max_, page), "points": "501"})

    assert available(story) == before + 300
    assert rest.status_code == 200
    assert available(story) == before + 300
    back = Entry.objects.get(member_id=story.member_id, reverses=spent.pk)
    assert (back.kind, back.points, back.rule) == (Kind.RETURN, 300, "correction:goodwill")


def test_limits_are_kept_with_a_reason(story):
    client = staff("adam", "administrator", "view_adjustmentlimit", "change_adjustmentlimit")
    form = {"role": "support", "currency": "points", "points": "50", "reason": "less"}

    answer = client.post(reverse("admin:points_adjustmentlimit_add_row"), form)

    assert answer.status_code == 302
    assert AdjustmentLimit.objects.get(role="support", currency="points").points == 50
    record = AuditRecord.objects.get(action="points.limit_set")
    assert (record.before["points"], record.after["points"]) == (500, 50)


def test_a_member_without_an_account_can_be_given_points(story):
    Account.objects.filter(member_id=story.member_id, currency="growth").first()
    now = clock.now()
    done = services.correct(
        member_id=story.member_id,
        programme_id=story.shop.programme.id,
        currency="balance",
        points=5,
        code="goodwill",
        reason="x",
        actor="staff:0",
        key="k",
        now=now,
    )

    assert done.posted is None
    assert Approval.objects.get().payload["currency"] == "balance"
