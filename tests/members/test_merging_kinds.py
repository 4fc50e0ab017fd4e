"""Kinds of member in a merge: of each kind once, every seat counted, and a way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from members import models as members_models
from members import selectors as members_selectors
from members.kinds import errors, selectors, services
from members.kinds.models import Group, Invitation, Membership
from members.kinds.types import EndWhy, Why
from tests.factories.kinds import STUDENT, make_family, make_kinds
from tests.factories.members import make_member
from tests.factories.programmes import make_shop
from tests.members.test_merging import merge, undo

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    made = make_shop()
    make_kinds(made)
    return made


@pytest.fixture
def people(shop, now):
    return [make_member(shop, now=now - 9 * DAY) for _ in range(5)]


def grant(member, kind, now):
    services.enter_kind(
        member_id=member, kind=kind, why=Why.GRANTED, actor="staff:1", reason="x", now=now
    )


def state():
    """Return who is of what, who sits where, and what members are called by."""
    return {
        "open": sorted(
            Membership.objects.filter(ended_at__isnull=True).values_list(
                "member_id", "kind", "until", "group_id", "why"
            ),
            key=repr,
        ),
        "groups": sorted(
            (g.pk, g.owner_id, g.taken, g.name, g.closed_at) for g in Group.objects.all()
        ),
        "invitations": sorted(Invitation.objects.values_list("pk", "revoked_at", "used_by")),
        "called": sorted(members_models.Member.objects.values_list("pk", "kind")),
        "labels": sorted(
            members_models.Label.objects.filter(kind="kind").values_list("member_id", "code")
        ),
    }


def held(member):
    rows = Membership.objects.filter(member_id=member, ended_at__isnull=True)
    return sorted(rows.values_list("kind", flat=True))


def test_the_survivor_is_of_what_either_was_and_an_undo_restores_it(shop, people, now):
    survivor, duplicate, *_ = people
    grant(survivor, "vip", now)
    grant(duplicate, "student", now)
    grant(duplicate, "vip", now + DAY)
    before = state()

    case = merge(survivor, duplicate, now + 2 * DAY)

    assert held(survivor) == ["student", "vip"]
    assert held(duplicate) == []
    member = members_selectors.get_member(member_id=survivor)
    assert member.kind == "vip"
    # Of two terms the longer one.
    vip = selectors.find_membership(member_id=survivor, kind="vip", at=now + 2 * DAY)
    assert vip.since == now + DAY
    ended = Membership.objects.filter(end_why=EndWhy.MERGED)
    assert ended.count() == 3
    undo(case, now + 3 * DAY)
    assert state() == before


def test_who_pays_for_others_goes_on_paying_and_a_second_seat_is_given_back(shop, people, now):
    survivor, payer, other, *_ = people
    make_family(payer, survivor, other, now=now)
    invited = services.invite(member_id=payer, kind="family", now=now)
    before = state()

    case = merge(survivor, payer, now)

    group = selectors.find_group(member_id=survivor, kind="family", at=now)
    assert (group.owner_id, group.taken) == (survivor, 2)
    assert {seat.member_id for seat in group.seats} == {survivor, other}
    assert [one.id for one in group.invitations] == [invited.id]
    undo(case, now)
    assert state() == before


def test_a_family_of_one_is_closed_for_one_that_others_are_in(shop, people, now):
    survivor, payer, other, *_ = people
    services.found_group(member_id=survivor, kind="family", name="小家", actor="x", now=now)
    services.invite(member_id=survivor, kind="family", now=now)
    make_family(payer, other, now=now)
    before = state()

    case = merge(survivor, payer, now)

    assert Group.objects.filter(closed_at__isnull=True).get().owner_id == survivor
    undo(case, now)
    assert state() == before


def test_a_merge_never_dissolves_a_family_of_others(shop, people, now):
    one, two, *others = people
    make_family(one, others[0], now=now)
    make_family(two, others[1], now=now)
    before = state()

    with pytest.raises(errors.TwoGroupsError):
        merge(one, two, now)

    assert state() == before


def test_a_seat_that_somebody_took_meanwhile_is_theirs(shop, people, now):
    survivor, duplicate, payer, *others = people
    make_family(payer, duplicate, *others, now=now)
    services.found_group(member_id=survivor, kind="family", name="", actor="x", now=now)
    last = make_member(shop, now=now)
    case = merge(survivor, duplicate, now)
    for member in (last, make_member(shop, now=now)):
        code = services.invite(member_id=payer, kind="family", now=now).code
        services.accept_invitation(member_id=member, code=code, actor="x", now=now)

    undo(case, now)

    assert held(survivor) == ["family"]
    assert held(duplicate) == []
    group = Group.objects.get(owner_id=payer)
    assert (
        group.taken
        == group.size
        == Membership.objects.filter(group_id=group.pk, ended_at__isnull=True).count()
    )


def test_what_was_given_up_since_is_not_given_back(shop, people, now):
    survivor, duplicate, *_ = people
    grant(duplicate, "vip", now)
    case = merge(survivor, duplicate, now)
    services.leave_kind(member_id=survivor, kind="vip", actor="member", now=now)

    undo(case, now)

    assert held(survivor) == held(duplicate) == []


def test_late_writes_for_the_old_id_reach_the_survivor(shop, people, now):
    survivor, duplicate, *_ = people
    asked = services.apply(
        member_id=duplicate, kind="student", given=STUDENT, actor="member", now=now
    )
    merge(survivor, duplicate, now)

    services.approve(
        member_id=duplicate, application_id=asked.id, actor="staff:1", reason="ok", now=now
    )
    grant(duplicate, "vip", now)

    assert held(survivor) == ["student", "vip"]
    assert held(duplicate) == []


def test_the_preview_says_until_when(shop, people, now):
    from members import services as members_services

    survivor, duplicate, *_ = people
    grant(duplicate, "vip", now)
    make_family(duplicate, now=now)

    with translation.override("zh-hans"):
        found = members_services.preview_merge(
            survivor_id=survivor, duplicate_id=duplicate, now=now
        )

    lines = {x.of: (x.survivor, x.duplicate, x.result) for x in found if x.part == "kinds"}
    until = selectors.find_membership(member_id=duplicate, kind="vip", at=now).until.isoformat()
    assert lines == {"VIP 会员": ("", until, until), "家庭会员": ("", "长期", "长期")}
