"""Becoming one of a kind: by proof, by decision, by grant; renewed, and lapsing by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings

from config.kernel.models import AuditRecord, OutboxEvent
from members import selectors as members_selectors
from members.kinds import errors, selectors, services, verifying
from members.kinds.models import Application, Membership
from members.kinds.types import EndWhy, ProofGiven, State, Why
from members.models import Label, Member
from tests.factories.kinds import COMPANY, STUDENT
from tests.factories.members import make_member

NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)
UNTIL = datetime(2027, 11, 30, 16, tzinfo=UTC)


class Register:
    """A register that knows everybody, or nobody."""

    def verify(self, **_: Any) -> verifying.Verdict:
        return verifying.Verdict(matches=True, asked=True)


class Empty(Register):
    def verify(self, **_: Any) -> verifying.Verdict:
        return verifying.Verdict(matches=False, asked=True)


def _apply(member: int, kind: str = "student", given: Any = STUDENT, now: datetime = NOW) -> Any:
    return services.apply(
        member_id=member, kind=kind, given=given, actor=f"member:{member}", now=now
    )


def _approve(member: int, application: int, now: datetime = NOW) -> None:
    services.approve(
        member_id=member, application_id=application, actor="staff:1", reason="card", now=now
    )


def _kind(member: int) -> str:
    return Member.objects.get(pk=member).kind


def test_what_only_looks_right_waits_for_an_operator(shop):
    member = make_member(shop)

    application = _apply(member)

    assert application.state is State.WAITING
    assert application.is_asked is False
    assert _kind(member) == "ordinary"


def test_an_approved_student_is_one_through_the_same_day_next_year(shop):
    member = make_member(shop)

    _approve(member, _apply(member).id)

    (held,) = selectors.list_memberships(member_ids=[member], programme_id=shop.programme.id)
    assert (held.kind, held.why, held.until) == ("student", Why.DECIDED, UNTIL)
    assert _kind(member) == "student"
    label = Label.objects.get(member_id=member, kind="kind")
    assert (label.code, label.name_zh, label.until) == ("student", "学生会员", UNTIL)


def test_the_proof_is_gone_with_the_decision(shop):
    member = make_member(shop)
    application = _apply(member)
    assert selectors.read_proof(member_id=member, application_id=application.id) == STUDENT

    _approve(member, application.id)

    assert Application.objects.get(member_id=member).proof is None


@override_settings(KIND_PROOF_PROVIDER="tests.kinds.test_entering.Register")
def test_what_a_register_confirms_needs_no_operator(shop):
    member = make_member(shop)

    assert _apply(member).state is State.APPROVED

    (held,) = selectors.list_memberships(member_ids=[member], programme_id=shop.programme.id)
    assert (held.why, held.is_asked) == (Why.PROVED, True)


@override_settings(KIND_PROOF_PROVIDER="tests.kinds.test_entering.Empty")
def test_whom_a_register_does_not_know_is_refused(shop):
    member = make_member(shop)

    with pytest.raises(errors.ProofRefusedError):
        _apply(member)

    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        ("student", ProofGiven(holder="", body="浙江大学", number="321010"), "holder"),
        ("student", ProofGiven(holder="林", body="<b>", number="321010"), "body"),
        ("student", ProofGiven(holder="林小满", body="浙江大学", number="1 2"), "number"),
        ("student", ProofGiven(holder="林小满", body="浙江大学", number="x" * 500), "number"),
        ("student", None, "holder"),
        (
            "enterprise",
            ProofGiven(holder="赵云", body="云栖茶业", number="91110000600037341X"),
            "number",
        ),
    ],
)
def test_what_cannot_be_a_proof_is_said_at_its_field(shop, kind, given, field):
    member = make_member(shop)

    with pytest.raises(errors.ProofInvalidError) as refused:
        _apply(member, kind, given)

    assert f"/{field}" in [wrong.pointer for wrong in refused.value.errors]
    assert not Application.objects.exists()


def test_one_application_waits_at_a_time(shop):
    member = make_member(shop)
    _apply(member)

    with pytest.raises(errors.ApplicationWaitingError):
        _apply(member)


def test_a_refused_application_says_why_and_may_be_made_again(shop):
    member = make_member(shop)
    first = _apply(member)
    services.refuse(
        member_id=member, application_id=first.id, actor="staff:1", reason="blurred", now=NOW
    )

    again = _apply(member)

    assert again.state is State.WAITING
    told = selectors.get_application(member_id=member, application_id=first.id)
    assert (told.state, told.reason) == (State.REFUSED, "blurred")
    assert OutboxEvent.objects.filter(name="kinds.application_refused.v1").count() == 1


def test_nothing_is_decided_twice(shop):
    member = make_member(shop)
    application = _apply(member)
    services.withdraw_application(
        member_id=member, application_id=application.id, actor="m", now=NOW
    )

    with pytest.raises(errors.ApplicationDecidedError):
        _approve(member, application.id)

    assert _kind(member) == "ordinary"


def test_an_application_is_found_under_its_own_member_only(shop):
    member, other = make_member(shop), make_member(shop)
    application = _apply(member)

    with pytest.raises(errors.ApplicationNotFoundError):
        services.withdraw_application(
            member_id=other, application_id=application.id, actor="m", now=NOW
        )


def test_it_is_too_early_to_renew_until_sixty_days_before_the_end(shop):
    member = make_member(shop)
    _approve(member, _apply(member).id)

    with pytest.raises(errors.AlreadyOfKindError):
        _apply(member, now=UNTIL - timedelta(days=61))

    late = UNTIL - timedelta(days=59)
    _approve(member, _apply(member, now=late).id, late)
    now, before = selectors.list_memberships(member_ids=[member], programme_id=shop.programme.id)
    assert now.until == datetime(2028, 11, 30, 16, tzinfo=UTC)
    assert before.end_why is EndWhy.RENEWED


def test_what_is_not_renewed_lapses_by_itself(shop):
    member = make_member(shop)
    _approve(member, _apply(member).id)

    assert not selectors.find_membership(member_id=member, kind="student", at=UNTIL)
    assert services.lapse_due(programme_id=shop.programme.id, now=UNTIL) == 1

    assert _kind(member) == "ordinary"
    assert not Label.objects.filter(member_id=member, kind="kind").exists()
    (held,) = selectors.list_memberships(member_ids=[member], programme_id=shop.programme.id)
    assert (held.end_why, held.ended_at) == (EndWhy.LAPSED, UNTIL)
    assert OutboxEvent.objects.filter(name="kinds.ended.v1", member_id=member).count() == 1
    assert services.lapse_due(programme_id=shop.programme.id, now=UNTIL) == 0


def test_a_reminder_comes_once_thirty_days_before_the_end(shop):
    member = make_member(shop)
    _approve(member, _apply(member).id)

    counts = [
        services.remind_due(programme_id=shop.programme.id, now=UNTIL - timedelta(days=days))
        for days in (31, 29, 28)
    ]

    assert counts == [0, 1, 0]


def test_who_lapsed_unswept_can_apply_anew(shop):
    member = make_member(shop)
    _approve(member, _apply(member).id)
    later = UNTIL + timedelta(days=3)

    _approve(member, _apply(member, now=later).id, later)

    rows = selectors.list_memberships(member_ids=[member], programme_id=shop.programme.id)
    assert [row.end_why for row in rows] == [None, EndWhy.LAPSED]


def test_the_highest_kind_is_what_a_member_is_called(shop):
    member = make_member(shop)
    _approve(member, _apply(member).id)
    services.enter_kind(
        member_id=member, kind="vip", why=Why.GRANTED, actor="staff:1", reason="guest", now=NOW
    )
    assert _kind(member) == "vip"

    services.end_kind(member_id=member, kind="vip", actor="staff:1", reason="over", now=NOW)

    assert _kind(member) == "student"
    codes = Label.objects.filter(member_id=member, kind="kind").values_list("code", flat=True)
    assert list(codes) == ["student"]


def test_grants_and_ends_are_audited_with_their_reason(shop):
    member = make_member(shop)
    services.enter_kind(
        member_id=member, kind="super", why=Why.GRANTED, actor="staff:1", reason="guest", now=NOW
    )
    services.end_kind(member_id=member, kind="super", actor="staff:2", reason="over", now=NOW)

    rows = AuditRecord.objects.filter(target=members_selectors.public_id(member))
    told = rows.filter(action__startswith="kinds.").order_by("pk")
    assert list(told.values_list("action", "actor", "reason")) == [
        ("kinds.entered", "staff:1", "guest"),
        ("kinds.ended", "staff:2", "over"),
    ]


def test_channels_are_told_that_the_profile_changed(shop):
    member = make_member(shop)
    before = Member.objects.get(pk=member).version

    services.enter_kind(member_id=member, kind="vip", why=Why.GRANTED, actor="staff:1", now=NOW)

    event = OutboxEvent.objects.get(name="members.member_updated.v1", member_id=member)
    assert event.payload["fields"] == ["kind"]
    assert Member.objects.get(pk=member).version == before + 1


def test_one_does_not_apply_for_what_is_spent_for(shop):
    with pytest.raises(errors.EntryClosedError):
        _apply(make_member(shop), "vip", None)


def test_no_kind_is_given_that_does_not_exist(shop):
    member = make_member(shop)

    with pytest.raises(errors.KindNotFoundError):
        services.enter_kind(member_id=member, kind="gold", why=Why.GRANTED, actor="s", now=NOW)


def test_an_approved_company_is_a_group_under_one_account(shop):
    member = make_member(shop)

    _approve(member, _apply(member, "enterprise", COMPANY).id)

    group = selectors.find_group(member_id=member, kind="enterprise", at=NOW)
    assert group is not None
    assert (group.name, group.size, group.owner_id) == (COMPANY.body, 50, member)
    assert Membership.objects.get(member_id=member).group_id == group.id
