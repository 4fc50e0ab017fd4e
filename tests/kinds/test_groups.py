"""Families and companies: invited, joined, left, removed, dissolved; never over their size."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from config.kernel import personal
from config.kernel.errors import DomainError
from members.kinds import errors, selectors, services
from members.kinds.models import Group, Invitation, Membership
from members.kinds.types import Why
from members.models import Member
from tests.factories.kinds import make_family, make_kinds
from tests.factories.members import make_member
from tests.factories.programmes import make_shop

NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)


def _group(member: int, at: datetime = NOW) -> Any:
    return selectors.find_group(member_id=member, kind="family", at=at)


def _accept(member: int, code: str, now: datetime = NOW) -> None:
    services.accept_invitation(member_id=member, code=code, actor="m", now=now)


def test_who_joins_is_of_the_family(shop):
    owner, child = make_member(shop), make_member(shop)

    make_family(owner, child, now=NOW)

    group = _group(child)
    assert [(seat.member_id, seat.is_owner) for seat in group.seats] == [
        (owner, True),
        (child, False),
    ]
    assert group.taken == 2
    assert Member.objects.get(pk=child).kind == "family"
    assert services.find_payer(member_id=child, kind="family", now=NOW) == owner


def test_a_family_has_five_and_not_six(shop):
    owner, *others, sixth = [make_member(shop) for _ in range(6)]
    make_family(owner, *others[:3], now=NOW)
    spare = [services.invite(member_id=owner, kind="family", now=NOW).code for _ in range(2)]

    _accept(others[3], spare[0])
    with pytest.raises(errors.GroupFullError):
        _accept(sixth, spare[1])

    assert _group(owner).taken == 5
    assert Invitation.objects.filter(used_at__isnull=True).count() == 1
    assert not Membership.objects.filter(member_id=sixth).exists()


@pytest.mark.parametrize("code", ["", "x", "AAAAAAAAAAAA", "\x00", "家" * 12, "A" * 5000])
def test_a_code_that_leads_nowhere_is_refused(shop, code):
    make_family(make_member(shop), now=NOW)

    with pytest.raises(errors.InvitationInvalidError):
        _accept(make_member(shop), code)


def test_a_code_is_read_however_it_is_typed(shop):
    owner, child = make_member(shop), make_member(shop)
    make_family(owner, now=NOW)
    code = services.invite(member_id=owner, kind="family", now=NOW).code

    _accept(child, f" {code[:4]}-{code[4:8]} {code[8:]}".lower())

    assert _group(child).taken == 2


def test_a_code_lets_one_in_for_seven_days(shop):
    owner, first, second = (make_member(shop) for _ in range(3))
    make_family(owner, now=NOW)
    code = services.invite(member_id=owner, kind="family", now=NOW).code
    old = services.invite(member_id=owner, kind="family", now=NOW).code
    _accept(first, code)

    for tried, at in ((code, NOW), (old, NOW + timedelta(days=7))):
        with pytest.raises(errors.InvitationInvalidError):
            _accept(second, tried, at)


def test_a_withdrawn_code_and_a_stranger_who_withdraws(shop):
    owner, other, child = (make_member(shop) for _ in range(3))
    make_family(owner, now=NOW)
    make_family(other, now=NOW)
    invitation = services.invite(member_id=owner, kind="family", now=NOW)
    said: dict[str, Any] = {"kind": "family", "invitation_id": invitation.id, "now": NOW}

    with pytest.raises(errors.InvitationInvalidError):
        services.revoke_invitation(member_id=other, **said)
    services.revoke_invitation(member_id=owner, **said)

    with pytest.raises(errors.InvitationInvalidError):
        _accept(child, invitation.code)


def test_another_programmes_code_leads_nowhere(shop):
    abroad = make_shop("abroad")
    make_kinds(abroad)
    stranger = make_member(abroad)
    make_family(stranger, now=NOW)
    code = services.invite(member_id=stranger, kind="family", now=NOW).code

    with pytest.raises(errors.InvitationInvalidError):
        _accept(make_member(shop), code)


def test_one_is_of_one_family(shop):
    owner, other = make_member(shop), make_member(shop)
    make_family(owner, now=NOW)
    make_family(other, now=NOW)
    code = services.invite(member_id=owner, kind="family", now=NOW).code

    with pytest.raises(errors.AlreadyOfKindError):
        _accept(other, code)
    with pytest.raises(errors.AlreadyOfKindError):
        make_family(owner, now=NOW)

    assert _group(owner).taken == 1
    assert Group.objects.count() == 2


def test_only_the_payer_invites_and_removes(shop):
    owner, child, brother = (make_member(shop) for _ in range(3))
    make_family(owner, child, brother, now=NOW)

    with pytest.raises(errors.NotOwnerError):
        services.invite(member_id=child, kind="family", now=NOW)
    with pytest.raises(errors.NotOwnerError):
        services.remove_from_group(
            member_id=child, kind="family", other_id=brother, actor="m", now=NOW
        )

    assert _group(owner).taken == 3


def test_who_leaves_or_is_removed_frees_a_seat(shop):
    owner, child, brother = (make_member(shop) for _ in range(3))
    make_family(owner, child, brother, now=NOW)

    services.leave_group(member_id=child, kind="family", actor="m", now=NOW)
    services.remove_from_group(member_id=owner, kind="family", other_id=brother, actor="m", now=NOW)

    assert [seat.member_id for seat in _group(owner).seats] == [owner]
    assert _group(owner).taken == 1
    assert Member.objects.get(pk=child).kind == "ordinary"


def test_nobody_removes_a_stranger_or_the_payer(shop):
    owner, other = make_member(shop), make_member(shop)
    make_family(owner, now=NOW)
    make_family(other, now=NOW)

    with pytest.raises(errors.NotOfKindError):
        services.remove_from_group(
            member_id=owner, kind="family", other_id=other, actor="m", now=NOW
        )
    with pytest.raises(errors.OwnerLeavesError):
        services.leave_group(member_id=owner, kind="family", actor="m", now=NOW)

    assert _group(owner).taken == _group(other).taken == 1


def test_a_dissolved_family_leaves_nobody_in_it(shop):
    owner, child = make_member(shop), make_member(shop)
    make_family(owner, child, now=NOW)
    code = services.invite(member_id=owner, kind="family", now=NOW).code

    services.dissolve_group(member_id=owner, kind="family", actor="m", now=NOW)

    assert not Membership.objects.filter(ended_at__isnull=True).exists()
    assert set(Member.objects.values_list("kind", flat=True)) == {"ordinary"}
    with pytest.raises(errors.InvitationInvalidError):
        _accept(make_member(shop), code)


@pytest.mark.django_db(transaction=True)
def test_two_never_get_the_last_seat():
    shop = make_shop()
    make_kinds(shop)
    owner, *inside = [make_member(shop) for _ in range(4)]
    make_family(owner, *inside, now=NOW)
    runners = [make_member(shop) for _ in range(4)]
    codes = [services.invite(member_id=owner, kind="family", now=NOW).code for _ in runners]

    outcomes = _race([lambda m=m, c=c: _accept(m, c) for m, c in zip(runners, codes, strict=True)])

    assert sorted(outcomes) == ["GroupFullError"] * 3 + ["done"]
    assert _group(owner).taken == len(_group(owner).seats) == 5


@pytest.mark.django_db(transaction=True)
def test_two_never_use_one_code():
    shop = make_shop()
    make_kinds(shop)
    owner, *runners = [make_member(shop) for _ in range(5)]
    make_family(owner, now=NOW)
    code = services.invite(member_id=owner, kind="family", now=NOW).code

    outcomes = _race([lambda m=m: _accept(m, code) for m in runners])

    assert sorted(outcomes) == ["InvitationInvalidError"] * 3 + ["done"]
    assert _group(owner).taken == 2


@pytest.mark.django_db(transaction=True)
def test_a_double_click_founds_one_family():
    shop = make_shop()
    make_kinds(shop)
    owner = make_member(shop)

    outcomes = _race([lambda: make_family(owner, now=NOW)] * 4)

    assert sorted(outcomes) == ["AlreadyOfKindError"] * 3 + ["done"]
    assert Group.objects.count() == 1
    assert Membership.objects.filter(member_id=owner).count() == 1


def _race(acts: list[Any]) -> list[str]:
    """Let threads start together; return what became of each."""
    barrier = Barrier(len(acts))
    outcomes: list[str] = []

    def run(act: Any) -> None:
        try:
            barrier.wait()
            with transaction.atomic():
                act()
            outcomes.append("done")
        except DomainError as refused:
            outcomes.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_an_erasure_dissolves_what_one_paid_for_and_frees_ones_seat(shop):
    owner, child, other = (make_member(shop) for _ in range(3))
    make_family(owner, child, now=NOW)
    services.enter_kind(member_id=other, kind="vip", why=Why.GRANTED, actor="s", now=NOW)
    step = next(one for one in personal.list_steps() if one.slug == "kinds")

    step.erase(personal.Person(member_ids=(child,)), NOW)
    assert _group(owner).taken == 1
    step.erase(personal.Person(member_ids=(owner,)), NOW)
    step.erase(personal.Person(member_ids=(owner,)), NOW)

    assert not Membership.objects.filter(kind="family", ended_at__isnull=True).exists()
    assert Group.objects.get().name == ""
    assert Member.objects.get(pk=other).kind == "vip"


def test_old_invitations_are_forgotten(shop):
    owner = make_member(shop)
    make_family(owner, now=NOW)
    services.invite(member_id=owner, kind="family", now=NOW)

    counts = [services.forget_invitations(now=NOW + timedelta(days=days)) for days in (36, 38)]

    assert counts == [0, 1]
