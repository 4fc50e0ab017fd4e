"""Groups: one founds and pays, the others join by invitation, as long as there are seats.

A seat is taken by one statement that the group's size guards, an invitation by one that
nobody else can repeat: whoever comes second finds neither.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from config.kernel import audit
from members import selectors as members_selectors
from members import services as members_services
from members.kinds import models, selectors
from members.kinds.errors import (
    AlreadyOfKindError,
    EntryClosedError,
    GroupFullError,
    InvitationInvalidError,
    NotOfKindError,
    NotOwnerError,
    OwnerLeavesError,
)
from members.kinds.services import holding
from members.kinds.types import EndWhy, Entry, Group, Invitation, Kind, Proof, Why

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 12
_INVITED_FOR = timedelta(days=7)
# Besides the seats that are free: a link that got lost is simply made anew.
_SPARE = 3


@transaction.atomic
def found_group(*, member_id: int, kind: str, name: str, actor: str, now: datetime) -> None:
    """Found a group of a kind that asks for no proof and no decision.

    Raises:
        KindNotFoundError: the programme has no such kind.
        EntryClosedError: it is no kind of groups, or one has to apply.
        AlreadyOfKindError: the member is in such a group.
    """
    member_id = members_services.hold_member(member_id=member_id)
    programme_id = members_selectors.get_member(member_id=member_id).programme_id
    found_kind = selectors.get_kind(programme_id=programme_id, code=kind)
    is_open = found_kind.entry is Entry.APPLY and found_kind.proof is Proof.NONE
    if not found_kind.is_group or not is_open or found_kind.by_operator:
        raise EntryClosedError
    found(
        member_id=member_id,
        programme_id=programme_id,
        kind=found_kind,
        name=name,
        said=holding.Said(why=Why.FOUNDED, actor=actor),
        now=now,
    )


def found(
    *,
    member_id: int,
    programme_id: int,
    kind: Kind,
    name: str,
    said: holding.Said,
    now: datetime,
) -> None:
    """Found a group; who founded one before only begins another term of it.

    Raises:
        AlreadyOfKindError: the member is in such a group.
    """
    held = selectors.find_membership(member_id=member_id, kind=kind.code, at=now)
    group_id = held.group_id if held else None
    if group_id is None:
        group_id = models.Group.objects.create(
            programme_id=programme_id,
            kind=kind.code,
            name=name,
            owner_id=member_id,
            size=kind.group_size,
            founded_at=now,
        ).pk
    said = replace(said, group_id=group_id)
    if not holding.enter_many(
        [member_id], programme_id=programme_id, kind=kind, said=said, now=now
    ):
        raise AlreadyOfKindError
    others = _seated(group_id).exclude(member_id=member_id).values_list("member_id", flat=True)
    if others:
        # Everybody's term is the payer's.
        holding.enter_many(
            list(others),
            programme_id=programme_id,
            kind=kind,
            said=replace(said, why=Why.JOINED),
            now=now,
        )


@transaction.atomic
def invite(*, member_id: int, kind: str, now: datetime) -> Invitation:
    """Make an invitation, good for one person and seven days.

    Raises:
        NotOfKindError: the member is in no such group.
        NotOwnerError: the member did not found it.
        GroupFullError: no seat is left, or more invitations are open than seats are.
    """
    group = _own(member_id, kind, now)
    # One at a time, so that the count below is true.
    models.Group.objects.select_for_update().get(pk=group.id)
    open_ = selectors.open_invitations(now).filter(group_id=group.id).count()
    if group.left <= 0 or open_ >= group.left + _SPARE:
        raise GroupFullError
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    row = models.Invitation.objects.create(
        group_id=group.id,
        code=code,
        blind=selectors.blind_of(code),
        invited_at=now,
        expires_at=now + _INVITED_FOR,
    )
    return Invitation(id=row.pk, code=code, expires_at=row.expires_at)


@transaction.atomic
def revoke_invitation(*, member_id: int, kind: str, invitation_id: int, now: datetime) -> None:
    """Withdraw an invitation of the member's own group.

    Raises:
        NotOfKindError, NotOwnerError: it is not the member's group.
        InvitationInvalidError: there is no such invitation, or it was used.
    """
    group = _own(member_id, kind, now)
    rows = selectors.open_invitations(now).filter(group_id=group.id, pk=invitation_id)
    if not rows.update(revoked_at=now):
        raise InvitationInvalidError


@transaction.atomic
def accept_invitation(*, member_id: int, code: str, actor: str, now: datetime) -> Group:
    """Join the group an invitation leads to.

    Raises:
        InvitationInvalidError: it leads nowhere, was used, or is of another programme.
        AlreadyOfKindError: the member is in such a group.
        GroupFullError: every seat is taken.
    """
    member_id = members_services.hold_member(member_id=member_id)
    programme_id = members_selectors.get_member(member_id=member_id).programme_id
    group = selectors.find_invited_to(code=code, at=now)
    if group is None or group.programme_id != programme_id:
        raise InvitationInvalidError
    used = selectors.open_invitations(now).filter(blind=selectors.blind_of(code))
    if not used.update(used_by=member_id, used_at=now):
        raise InvitationInvalidError
    seats = models.Group.objects.filter(pk=group.id, closed_at__isnull=True, taken__lt=F("size"))
    if not seats.update(taken=F("taken") + 1):
        raise GroupFullError
    kind = selectors.get_kind(programme_id=programme_id, code=group.kind)
    if selectors.find_membership(member_id=member_id, kind=kind.code, at=now):
        raise AlreadyOfKindError
    said = holding.Said(why=Why.JOINED, actor=actor, group_id=group.id)
    if not holding.enter_many(
        [member_id], programme_id=programme_id, kind=kind, said=said, now=now
    ):
        raise AlreadyOfKindError
    _share_term(group, member_id)
    holding.project([member_id], programme_id=programme_id, now=now)
    return group


def _share_term(group: Group, member_id: int) -> None:
    """End what was joined when the payer's own term ends."""
    own = _seated(group.id).filter(member_id=group.owner_id).values_list("until", flat=True)
    _seated(group.id).filter(member_id=member_id).update(until=own.first())


@transaction.atomic
def leave_group(*, member_id: int, kind: str, actor: str, now: datetime) -> None:
    """Leave a group.

    Raises:
        NotOfKindError: the member is in none.
        OwnerLeavesError: the member founded it, and can dissolve it.
    """
    holding.leave_kind(member_id=member_id, kind=kind, actor=actor, now=now)


@transaction.atomic
def remove_from_group(
    *, member_id: int, kind: str, other_id: int, actor: str, now: datetime
) -> None:
    """Take somebody out of the member's own group.

    Raises:
        NotOfKindError: the member is in none, or the other is not in it.
        NotOwnerError: the member did not found it.
        OwnerLeavesError: the other is who founded it.
    """
    group = _own(member_id, kind, now)
    if not _seated(group.id).filter(member_id=other_id).exists():
        raise NotOfKindError
    give_seat_back(group_id=group.id, member_id=other_id)
    holding.end_many(
        [other_id],
        programme_id=group.programme_id,
        kind=kind,
        why=EndWhy.REMOVED,
        actor=actor,
        now=now,
    )
    _audit("kinds.removed_from_group", group, actor, other_id, now)


@transaction.atomic
def dissolve_group(*, member_id: int, kind: str, actor: str, now: datetime) -> None:
    """Dissolve the member's own group: nobody in it is of the kind any more.

    Raises:
        NotOfKindError: the member is in none.
        NotOwnerError: the member did not found it.
    """
    group = _own(member_id, kind, now)
    close_groups([group.id], now=now)
    holding.end_many(
        [seat.member_id for seat in group.seats],
        programme_id=group.programme_id,
        kind=kind,
        why=EndWhy.DISSOLVED,
        actor=actor,
        now=now,
    )
    _audit("kinds.group_dissolved", group, actor, member_id, now)


def close_groups(group_ids: list[int], *, now: datetime) -> None:
    """Close groups: their invitations lead nowhere, and their names are gone."""
    models.Group.objects.filter(pk__in=group_ids).update(closed_at=now, name="")
    models.Invitation.objects.filter(group_id__in=group_ids, used_at__isnull=True).update(
        revoked_at=now
    )


def give_seat_back(*, group_id: int, member_id: int) -> None:
    """Free the seat of somebody who goes.

    Raises:
        OwnerLeavesError: the member founded the group.
    """
    group = models.Group.objects.select_for_update().get(pk=group_id)
    if group.owner_id == member_id and group.closed_at is None:
        raise OwnerLeavesError
    models.Group.objects.filter(pk=group_id, taken__gt=0).update(taken=F("taken") - 1)


def find_payer(*, member_id: int, kind: str, now: datetime) -> int | None:
    """Return who pays for a member that is of a kind through a group; themselves too."""
    group = selectors.find_group(member_id=member_id, kind=kind, at=now)
    return group.owner_id if group else None


def _own(member_id: int, kind: str, now: datetime) -> Group:
    group = selectors.find_group(member_id=member_id, kind=kind, at=now)
    if group is None:
        raise NotOfKindError
    if group.owner_id != member_id:
        raise NotOwnerError
    return group


def _seated(group_id: int) -> QuerySet[models.Membership]:
    return models.Membership.objects.filter(group_id=group_id, ended_at__isnull=True)


def _audit(action: str, group: Group, actor: str, member_id: int, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=f"kind_group:{group.id}",
        after={"kind": group.kind, "member": members_selectors.public_id(member_id)},
        now=now,
    )
