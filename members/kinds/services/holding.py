"""Enter, renew and end memberships of kinds, and say so in the member's labels.

A member is of a kind once: the constraint decides between two who would make them so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from config.kernel import audit, outbox
from config.kernel.events import Event
from members import selectors as members_selectors
from members import services as members_services
from members.kinds import models, selectors, terms, versions
from members.kinds.errors import AlreadyOfKindError, NotOfKindError
from members.kinds.events import KindEnded, KindEntered
from members.kinds.types import ORDINARY, EndWhy, Kind, Membership, Why
from members.programmes import selectors as programmes_selectors
from members.types import Label

LABEL = "kind"
_PAST = """
UPDATE kinds_membership SET ended_at = until, end_why = 'lapsed', ended_by = 'clock'
WHERE member_id = ANY(%s) AND kind = %s AND ended_at IS NULL AND until <= %s
"""
# Only what is near its end: earlier there is nothing to renew.
_RENEW = """
UPDATE kinds_membership SET ended_at = %s, end_why = 'renewed', ended_by = %s
WHERE member_id = ANY(%s) AND kind = %s AND ended_at IS NULL AND until <= %s
RETURNING member_id, until
"""
_OPEN = """
INSERT INTO kinds_membership (member_id, programme_id, kind, since, until, why, by, reason,
                              is_asked, group_id, end_why, ended_by, end_reason)
SELECT r.member_id, %s::bigint, %s::text, %s::timestamptz, r.until, %s::text, %s::text, %s::text,
       %s::boolean, %s::bigint, '', '', ''
FROM unnest(%s::bigint[], %s::timestamptz[]) AS r (member_id, until)
ON CONFLICT (member_id, kind) WHERE ended_at IS NULL DO NOTHING
RETURNING member_id
"""
_END = """
UPDATE kinds_membership SET ended_at = %s, end_why = %s, ended_by = %s, end_reason = %s
WHERE member_id = ANY(%s) AND kind = %s AND ended_at IS NULL
RETURNING member_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Why members come to be of a kind, and by whose doing."""

    why: Why
    actor: str
    reason: str = ""
    is_asked: bool | None = None
    group_id: int | None = None


@transaction.atomic
def enter_kind(
    *, member_id: int, kind: str, why: Why, actor: str, reason: str = "", now: datetime
) -> Membership:
    """Make a member one of a kind, or renew it when it ends within 60 days.

    By an operator's grant, and by upper apps that sell it for a fee.

    Raises:
        KindNotFoundError: the programme has no such kind.
        MemberNotFoundError: there is no such member.
        AlreadyOfKindError: the member is of this kind, and it is too early to renew.
    """
    member_id = members_services.hold_member(member_id=member_id)
    programme_id = members_selectors.get_member(member_id=member_id).programme_id
    found = selectors.get_kind(programme_id=programme_id, code=kind)
    said = Said(why=why, actor=actor, reason=reason)
    if not enter_many([member_id], programme_id=programme_id, kind=found, said=said, now=now):
        raise AlreadyOfKindError
    _record("kinds.entered", member_id, kind, said.actor, said.reason, now)
    return _held(member_id, kind)


@transaction.atomic
def end_kind(*, member_id: int, kind: str, actor: str, reason: str, now: datetime) -> None:
    """Take a kind from a member, by an operator's decision.

    Raises:
        NotOfKindError: the member is not of this kind.
        OwnerLeavesError: the member founded a group of it, which is to be dissolved.
    """
    _end_one(member_id, kind, EndWhy.WITHDRAWN, actor, reason, now)


@transaction.atomic
def leave_kind(*, member_id: int, kind: str, actor: str, now: datetime) -> None:
    """Give a kind up, by the member's own wish.

    Raises:
        NotOfKindError: the member is not of this kind.
        OwnerLeavesError: the member founded a group of it, which is to be dissolved.
    """
    _end_one(member_id, kind, EndWhy.LEFT, actor, "", now)


def _end_one(
    member_id: int, kind: str, why: EndWhy, actor: str, reason: str, now: datetime
) -> None:
    from members.kinds.services import grouping

    member_id = members_services.hold_member(member_id=member_id)
    row = (
        models.Membership.objects.select_for_update()
        .filter(member_id=member_id, kind=kind, ended_at__isnull=True)
        .first()
    )
    if row is None:
        raise NotOfKindError
    if row.group_id is not None:
        grouping.give_seat_back(group_id=row.group_id, member_id=member_id)
    end_many(
        [member_id],
        programme_id=row.programme_id,
        kind=kind,
        why=why,
        actor=actor,
        reason=reason,
        now=now,
    )
    _record("kinds.ended", member_id, kind, actor, reason, now)


def _record(action: str, member_id: int, kind: str, actor: str, reason: str, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=members_selectors.public_id(member_id),
        reason=reason,
        after={"kind": kind},
        now=now,
    )


def _held(member_id: int, kind: str) -> Membership:
    row = models.Membership.objects.get(member_id=member_id, kind=kind, ended_at__isnull=True)
    return selectors.as_membership(row)


def enter_many(
    member_ids: Sequence[int], *, programme_id: int, kind: Kind, said: Said, now: datetime
) -> list[int]:
    """Make members ones of a kind, in a handful of statements; return who is so newly.

    Who is of it already stays as they are, unless it ends within 60 days: then the next
    term follows the one under way.
    """
    zone = programmes_selectors.get_programme(programme_id).zone
    wanted = sorted(set(member_ids))
    with connection.cursor() as cursor:
        cursor.execute(_PAST, [wanted, kind.code, now])
        cursor.execute(_RENEW, [now, said.actor, wanted, kind.code, now + terms.RENEWABLE])
        ends: dict[int, datetime] = dict(cursor.fetchall())
        first = terms.end_of_term(now, kind.validity_months, zone)
        untils = [
            terms.next_term(ends[member], kind.validity_months, zone) if member in ends else first
            for member in wanted
        ]
        values: list[Any] = [programme_id, kind.code, now, said.why.value, said.actor, said.reason]
        cursor.execute(_OPEN, [*values, said.is_asked, said.group_id, wanted, untils])
        opened = sorted(member for (member,) in cursor.fetchall())
    until_of = dict(zip(wanted, untils, strict=True))
    outbox.publish_all(
        [
            KindEntered(
                occurred_at=now,
                programme_id=programme_id,
                member_id=member,
                kind=kind.code,
                until=until.isoformat() if (until := until_of[member]) else "",
                why=said.why.value,
                renewed=member in ends,
            )
            for member in opened
        ],
        now=now,
    )
    project(opened, programme_id=programme_id, now=now)
    return opened


def end_many(
    member_ids: Sequence[int],
    *,
    programme_id: int,
    kind: str,
    why: EndWhy,
    actor: str,
    reason: str = "",
    now: datetime,
) -> list[int]:
    """End the memberships of a kind; return whose ended."""
    with connection.cursor() as cursor:
        cursor.execute(_END, [now, why.value, actor, reason, sorted(set(member_ids)), kind])
        ended = sorted(member for (member,) in cursor.fetchall())
    tell_ended([(member, kind) for member in ended], programme_id, why, now)
    project(ended, programme_id=programme_id, now=now)
    return ended


def tell_ended(
    ended: Sequence[tuple[int, str]], programme_id: int, why: EndWhy, now: datetime
) -> None:
    """Publish that memberships ended."""
    events: list[Event] = [
        KindEnded(
            occurred_at=now, programme_id=programme_id, member_id=member, kind=kind, why=why.value
        )
        for member, kind in ended
    ]
    outbox.publish_all(events, now=now)


def project(member_ids: Sequence[int], *, programme_id: int, now: datetime) -> None:
    """Write what members are of into their labels, and the highest of it as their kind."""
    if not member_ids:
        return
    kinds = versions.current(programme_id)
    ranks = {kind.code: kind for kind in kinds.kinds}
    rows = [
        row
        for row in models.Membership.objects.filter(
            member_id__in=list(member_ids), programme_id=programme_id, ended_at__isnull=True
        ).order_by("member_id", "id")
        if row.until is None or row.until > now
    ]
    highest: dict[int, str] = dict.fromkeys(member_ids, ORDINARY)
    for row in sorted(rows, key=lambda row: _rank(ranks, row.kind)):
        highest[row.member_id] = row.kind
    _label(rows, ranks, now)
    without = [member for member, kind in highest.items() if kind == ORDINARY]
    members_services.clear_labels(member_ids=without, kind=LABEL)
    members_services.set_kinds(kinds=highest, now=now)


def _rank(ranks: Mapping[str, Kind], code: str) -> int:
    # A kind that operators took out counts least while it lasts.
    found = ranks.get(code)
    return found.rank if found else 0


def _label(rows: Sequence[models.Membership], ranks: Mapping[str, Kind], now: datetime) -> None:
    # Highest last, as `Member.kind` is to be found again when it has run out.
    members_services.set_labels(
        labels=[
            Label(
                member_id=row.member_id,
                kind=LABEL,
                code=row.kind,
                name_zh=ranks[row.kind].name_zh if row.kind in ranks else "",
                name_en=ranks[row.kind].name_en if row.kind in ranks else "",
                since=row.since,
                until=row.until,
            )
            for row in rows
        ],
        now=now,
    )
