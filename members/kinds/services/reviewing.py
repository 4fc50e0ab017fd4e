"""What time and spend do: who has spent enough enters, what has run out lapses.

Reads go by the date, so nothing depends on these having run; they keep labels and messages
up to date for members nobody asks about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from config.kernel import outbox
from members import selectors as members_selectors
from members import services as members_services
from members.commerce import selectors as commerce_selectors
from members.kinds import models, terms, versions
from members.kinds.events import KindEnding
from members.kinds.services import grouping, holding
from members.kinds.types import EndWhy, Entry, Kind, Why
from members.programmes import selectors as programmes_selectors

_ACTOR = "clock"
# Whoever comes second passes over the rows of the first.
_DUE = """
SELECT member_id, kind, group_id FROM kinds_membership
WHERE programme_id = %s AND ended_at IS NULL AND until <= %s
ORDER BY member_id, id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_LAPSE = """
UPDATE kinds_membership SET ended_at = until, end_why = 'lapsed', ended_by = 'clock'
WHERE ended_at IS NULL AND until <= %s
  AND (member_id, kind) IN (SELECT * FROM unnest(%s::bigint[], %s::text[]))
RETURNING member_id, kind
"""
_REMIND = """
UPDATE kinds_membership SET reminded_at = %s
WHERE (member_id, id) IN (
    SELECT member_id, id FROM kinds_membership
    WHERE programme_id = %s AND ended_at IS NULL AND until > %s AND until <= %s
      AND reminded_at IS NULL AND kind = ANY(%s)
    ORDER BY member_id, id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING member_id, kind, until
"""


@transaction.atomic
def review_spend(*, programme_id: int, member_ids: Iterable[int], now: datetime) -> int:
    """Let members enter the kinds for which they have spent enough in twelve months.

    Returns how many entered one. What a merged member spent counts for the survivor.
    """
    owners = members_selectors.list_survivors(
        member_ids=list(member_ids), programme_id=programme_id
    )
    entered = 0
    for kind in _by_spend(programme_id):
        reached = _reached(kind, programme_id, sorted(set(owners.values())), now)
        entered += len(_enter(kind, programme_id, reached, now))
    return entered


def review_range(*, programme_id: int, first: int, last: int, now: datetime) -> int:
    """Review everyone between two ids who has bought in twelve months; return how many entered."""
    kinds = _by_spend(programme_id)
    if not kinds:
        return 0
    since = _since(programme_id, now)
    entered, after = 0, first - 1
    while found := commerce_selectors.list_buyers(
        programme_id=programme_id, since=since, after=after, upto=last, limit=2000
    ):
        entered += review_spend(programme_id=programme_id, member_ids=found, now=now)
        after = found[-1]
    return entered


def review_all(*, programme_id: int, now: datetime) -> int:
    """Review everyone who has bought in twelve months, in chunks; return how many entered."""
    return review_range(programme_id=programme_id, first=1, last=2**48, now=now)


def _by_spend(programme_id: int) -> list[Kind]:
    kinds = versions.current(programme_id).kinds
    return [kind for kind in kinds if kind.entry is Entry.SPEND]


def _since(programme_id: int, now: datetime) -> datetime:
    return terms.window_start(now, programmes_selectors.get_programme(programme_id).zone)


def _reached(kind: Kind, programme_id: int, members: Sequence[int], now: datetime) -> list[int]:
    """Return who has spent what the kind asks for; merged ids count for their survivors."""
    ids = members_selectors.list_ids_of(member_ids=members)
    spent = commerce_selectors.sum_spend(
        programme_id=programme_id,
        member_ids=[one for all_ids in ids.values() for one in all_ids],
        since=_since(programme_id, now),
        upto=now,
    )
    return [
        member
        for member, all_ids in ids.items()
        if sum(spent.get(one, 0) for one in all_ids) >= kind.threshold
    ]


def _enter(kind: Kind, programme_id: int, members: Sequence[int], now: datetime) -> list[int]:
    """Let in who is not of the kind yet: an order does not begin the next term early."""
    members = sorted(set(members_services.hold_members(member_ids=members).values()))
    held = set(
        models.Membership.objects.filter(
            member_id__in=list(members), kind=kind.code, ended_at__isnull=True
        )
        .exclude(until__lte=now)
        .values_list("member_id", flat=True)
    )
    fresh = [member for member in members if member not in held]
    said = holding.Said(why=Why.SPENT, actor="rule")
    return holding.enter_many(fresh, programme_id=programme_id, kind=kind, said=said, now=now)


@transaction.atomic
def lapse_due(*, programme_id: int, now: datetime, limit: int = 2000) -> int:
    """End at most `limit` memberships whose time is over; return how many were looked at.

    Who has spent enough for another term gets it. Groups end with their payer's term.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [programme_id, now, limit])
        due = cursor.fetchall()
    if not due:
        return 0
    kinds = versions.current(programme_id)
    for kind in _by_spend(programme_id):
        members = [member for member, code, _group in due if code == kind.code]
        # Through `enter_many`, which ends what is past and begins anew.
        _enter(kind, programme_id, _reached(kind, programme_id, members, now), now)
    with connection.cursor() as cursor:
        cursor.execute(
            _LAPSE, [now, [member for member, _k, _g in due], [code for _m, code, _g in due]]
        )
        ended = [(int(member), str(code)) for member, code in cursor.fetchall()]
    groups = sorted({group for _m, _k, group in due if group is not None})
    if groups:
        grouping.close_groups(groups, now=now)
    holding.tell_ended(ended, kinds.programme_id, EndWhy.LAPSED, now)
    holding.project(sorted({member for member, _code in ended}), programme_id=programme_id, now=now)
    return len(due)


@transaction.atomic
def remind_due(*, programme_id: int, now: datetime, limit: int = 2000) -> int:
    """Tell at most `limit` members that a kind they can renew ends within 30 days."""
    renewable = [
        kind.code
        for kind in versions.current(programme_id).kinds
        if kind.entry is Entry.APPLY and kind.validity_months
    ]
    with connection.cursor() as cursor:
        cursor.execute(_REMIND, [now, programme_id, now, now + terms.TOLD_BEFORE, renewable, limit])
        told = cursor.fetchall()
    outbox.publish_all(
        [
            KindEnding(
                occurred_at=now,
                programme_id=programme_id,
                member_id=member,
                kind=code,
                until=until.isoformat(),
            )
            for member, code, until in told
        ],
        now=now,
    )
    return len(told)
