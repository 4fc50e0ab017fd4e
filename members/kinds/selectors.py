"""Reads of kinds of member: plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from config.kernel import crypto
from members.kinds import models, terms, versions
from members.kinds.errors import ApplicationNotFoundError, KindNotFoundError
from members.kinds.types import (
    Application,
    EndWhy,
    Group,
    Invitation,
    Kind,
    Kinds,
    Membership,
    ProofGiven,
    Seat,
    State,
    Why,
)

SQL_VIEWS: dict[str, str] = {}


def get_kinds(*, programme_id: int) -> Kinds:
    """Return the kinds in force; there may be none."""
    return versions.current(programme_id)


def get_kind(*, programme_id: int, code: str) -> Kind:
    """Return a kind in force.

    Raises:
        KindNotFoundError: there is none of this code.
    """
    found = versions.current(programme_id).find(code)
    if found is None:
        raise KindNotFoundError
    return found


def list_memberships(*, member_ids: Sequence[int], programme_id: int) -> list[Membership]:
    """Return of which kinds members are and were, newest first."""
    rows = models.Membership.objects.filter(
        member_id__in=list(member_ids), programme_id=programme_id
    ).order_by("-since", "-id")
    return [as_membership(row) for row in rows]


def find_membership(*, member_id: int, kind: str, at: datetime) -> Membership | None:
    """Return the membership of a kind that holds at an instant."""
    row = models.Membership.objects.filter(
        member_id=member_id, kind=kind, ended_at__isnull=True
    ).first()
    found = as_membership(row) if row else None
    return found if found and found.holds(at) else None


def is_near_end(*, membership: Membership, at: datetime) -> bool:
    """Tell whether a membership ends so soon that the next term can begin."""
    return membership.until is not None and membership.until <= at + terms.RENEWABLE


def spend_counts_since(*, at: datetime, zone: ZoneInfo) -> datetime:
    """Return from when on purchases count towards kinds that are reached by spend."""
    return terms.window_start(at, zone)


def list_applications(*, member_ids: Sequence[int], programme_id: int) -> list[Application]:
    """Return what members applied for, newest first."""
    rows = models.Application.objects.filter(
        member_id__in=list(member_ids), programme_id=programme_id
    )
    return [as_application(row) for row in rows.defer("proof").order_by("-id")]


def get_application(*, member_id: int, application_id: int) -> Application:
    """Return one application.

    Raises:
        ApplicationNotFoundError: there is no such application.
    """
    row = models.Application.objects.filter(member_id=member_id, id=application_id)
    if (found := row.defer("proof").first()) is None:
        raise ApplicationNotFoundError
    return as_application(found)


def read_proof(*, member_id: int, application_id: int) -> ProofGiven | None:
    """Return what was typed as a proof; None once it is decided."""
    row = models.Application.objects.filter(member_id=member_id, id=application_id).first()
    return ProofGiven(**row.proof) if row and row.proof else None


def find_group(*, member_id: int, kind: str, at: datetime) -> Group | None:
    """Return the group by which a member is of a kind, with its seats and open invitations."""
    held = find_membership(member_id=member_id, kind=kind, at=at)
    if held is None or held.group_id is None:
        return None
    row = models.Group.objects.filter(pk=held.group_id, closed_at__isnull=True).first()
    return _as_group(row, at) if row else None


def find_invited_to(*, code: str, at: datetime) -> Group | None:
    """Return the group that an invitation leads to; None when it leads nowhere any more."""
    row = open_invitations(at).filter(blind=blind_of(code)).select_related("group").first()
    return _as_group(row.group, at) if row and row.group.closed_at is None else None


def open_invitations(at: datetime) -> QuerySet[models.Invitation]:
    """Return the invitations that may still be used."""
    return models.Invitation.objects.filter(
        used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at
    )


def blind_of(code: str) -> bytes:
    """Return the keyed hash by which an invitation is found, however it was typed."""
    clean = "".join(c for c in code if c.isascii() and c.isalnum()).upper()
    return crypto.blind("kind-invitation", clean)


def _as_group(row: models.Group, at: datetime) -> Group:
    seats = models.Membership.objects.filter(group_id=row.pk, ended_at__isnull=True)
    return Group(
        id=row.pk,
        programme_id=row.programme_id,
        kind=row.kind,
        name=row.name,
        owner_id=row.owner_id,
        size=row.size,
        taken=row.taken,
        seats=tuple(
            Seat(
                member_id=seat.member_id,
                since=seat.since,
                is_owner=seat.member_id == row.owner_id,
            )
            for seat in seats.order_by("since", "id")
        ),
        invitations=tuple(
            Invitation(id=one.pk, code=one.code, expires_at=one.expires_at)
            for one in open_invitations(at).filter(group=row).order_by("pk")
        ),
    )


def as_membership(row: models.Membership) -> Membership:
    """Return a row as a value."""
    return Membership(
        id=row.pk,
        member_id=row.member_id,
        programme_id=row.programme_id,
        kind=row.kind,
        since=row.since,
        until=row.until,
        why=Why(row.why),
        by=row.by,
        is_asked=row.is_asked,
        group_id=row.group_id,
        ended_at=row.ended_at,
        end_why=EndWhy(row.end_why) if row.end_why else None,
    )


def as_application(row: models.Application) -> Application:
    """Return a row as a value, without its proof."""
    return Application(
        id=row.pk,
        member_id=row.member_id,
        programme_id=row.programme_id,
        kind=row.kind,
        state=State(row.state),
        is_asked=row.is_asked,
        applied_at=row.applied_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
    )
