"""Cases in which two members may be one: opened, looked at, turned down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import IntegrityError, transaction

from config.kernel import audit, merging
from config.kernel.errors import InvalidError
from config.kernel.merging import Line, Pair
from members.errors import (
    MemberNotFoundError,
    MergeCaseClosedError,
    MergeCaseNotFoundError,
    MergeMemberClosedError,
    MergeOtherProgrammeError,
    MergeSameMemberError,
)
from members.models import Member, MergeCase
from members.types import MergeLine, Status

State, Found = MergeCase.State, MergeCase.Found
_OPEN = [State.OPEN, State.WAITING]


@transaction.atomic
def open_case(
    *,
    survivor_id: int,
    duplicate_id: int,
    found: str,
    actor: str,
    reason: str = "",
    now: datetime,
) -> int:
    """Open a case about two members and return it; the open one, where there is one already.

    Members who were merged before stand for what became of them.

    Raises:
        MemberNotFoundError: there is no such member.
        MergeSameMemberError: they are one member.
        MergeOtherProgrammeError: they belong to different programmes.
        MergeMemberClosedError: one is frozen or erased.
    """
    survivor, duplicate = lock_both(survivor_id, duplicate_id)
    pair = pair_of(survivor, duplicate, actor=actor, reason=reason, now=now)
    row = MergeCase(
        programme_id=survivor.programme_id,
        survivor_id=survivor.pk,
        duplicate_id=duplicate.pk,
        found=found,
        opened_by=actor,
        opened_at=now,
        reason=reason.strip()[:300],
        preview=as_json(look(pair)),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        known = _find_open(survivor.pk, duplicate.pk)
        if known is None:
            raise
        return known.pk
    audit.record(
        actor=actor,
        action="merge.opened",
        target=f"merge:{row.pk}",
        reason=row.reason,
        after={"survivor": survivor.pk, "duplicate": duplicate.pk, "found": found},
        now=now,
    )
    return row.pk


@transaction.atomic
def swap(*, case_id: int, actor: str, now: datetime) -> None:
    """Let the other of the two stay.

    Raises:
        MergeCaseNotFoundError: there is no such case.
        MergeCaseClosedError: it was decided, or waits for a second person.
    """
    row = lock_case(case_id)
    if row.state != State.OPEN:
        raise MergeCaseClosedError
    row.survivor_id, row.duplicate_id = row.duplicate_id, row.survivor_id
    row.save(update_fields=["survivor_id", "duplicate_id"])
    audit.record(
        actor=actor,
        action="merge.opened",
        target=f"merge:{row.pk}",
        after={"survivor": row.survivor_id, "duplicate": row.duplicate_id, "found": "swapped"},
        now=now,
    )


@transaction.atomic
def reject(*, case_id: int, actor: str, reason: str, now: datetime) -> None:
    """Close a case: the two are two people. Safe to repeat.

    Raises:
        MergeCaseNotFoundError: there is no such case.
        MergeCaseClosedError: it was merged, or waits for a second person.
        InvalidError: no reason is given.
    """
    if not reason.strip():
        raise InvalidError("say why")
    row = lock_case(case_id)
    if row.state == State.REJECTED:
        return
    if row.state != State.OPEN:
        raise MergeCaseClosedError
    row.state = State.REJECTED
    row.decided_by, row.decided_at, row.decision = actor, now, reason.strip()[:300]
    row.save()
    audit.record(
        actor=actor, action="merge.rejected", target=f"merge:{row.pk}", reason=reason, now=now
    )


def preview_merge(*, survivor_id: int, duplicate_id: int, now: datetime) -> list[MergeLine]:
    """Return line by line what a merge would make of two members; nothing changes.

    Raises:
        MemberNotFoundError, MergeSameMemberError, MergeOtherProgrammeError,
        MergeMemberClosedError: as for opening a case.
    """
    rows = Member.objects.in_bulk([survivor_id, duplicate_id])
    if len(rows) < len({survivor_id, duplicate_id}):
        raise MemberNotFoundError
    pair = pair_of(rows[survivor_id], rows[duplicate_id], now=now)
    return look(pair)


def look(pair: Pair) -> list[MergeLine]:
    """Ask every part what the two have and what would stay."""
    return [
        MergeLine(part=part.slug, **_fields(line))
        for part in merging.parts()
        for line in part.preview(pair)
    ]


def _fields(line: Line) -> dict[str, str]:
    names = ("what", "of", "survivor", "duplicate", "result")
    return {name: getattr(line, name) for name in names}


def pair_of(
    survivor: Member,
    duplicate: Member,
    *,
    case_id: int = 0,
    actor: str = "",
    reason: str = "",
    now: datetime,
) -> Pair:
    """Return the pair if the two may become one.

    Raises:
        MergeSameMemberError, MergeOtherProgrammeError, MergeMemberClosedError: they may not.
        DomainError: a part refuses, as it says.
    """
    if survivor.pk == duplicate.pk:
        raise MergeSameMemberError
    if survivor.programme_id != duplicate.programme_id:
        raise MergeOtherProgrammeError
    if {survivor.status, duplicate.status} != {Status.ACTIVE.value}:
        raise MergeMemberClosedError
    pair = Pair(
        survivor_id=survivor.pk,
        duplicate_id=duplicate.pk,
        programme_id=survivor.programme_id,
        case_id=case_id,
        actor=actor,
        reason=reason,
        now=now,
    )
    for part in merging.parts():
        if part.check is not None:
            part.check(pair)
    return pair


def lock_both(survivor_id: int, duplicate_id: int) -> tuple[Member, Member]:
    """Lock what became of two members, the lower id first, as everybody does."""
    for _ in range(2):
        wanted = _now_called([survivor_id, duplicate_id])
        rows = {
            row.pk: row
            for row in Member.objects.select_for_update().filter(pk__in=set(wanted)).order_by("pk")
        }
        survivor, duplicate = rows[wanted[0]], rows[wanted[1]]
        # One of them may have been merged while this waited.
        if survivor.survivor_id is None and duplicate.survivor_id is None:
            break
    return survivor, duplicate


def _now_called(member_ids: Sequence[int]) -> list[int]:
    rows = Member.objects.filter(pk__in=member_ids).values_list("pk", "survivor_id")
    known = {pk: survivor or pk for pk, survivor in rows}
    if any(member not in known for member in member_ids):
        raise MemberNotFoundError
    return [known[member] for member in member_ids]


def lock_case(case_id: int) -> MergeCase:
    """Lock a case.

    Raises:
        MergeCaseNotFoundError: there is none.
    """
    row = MergeCase.objects.select_for_update().filter(pk=case_id).first()
    if row is None:
        raise MergeCaseNotFoundError
    return row


def _find_open(one: int, other: int) -> MergeCase | None:
    pair = [one, other]
    rows = MergeCase.objects.filter(survivor_id__in=pair, duplicate_id__in=pair, state__in=_OPEN)
    return rows.first()


def as_json(lines: Sequence[MergeLine]) -> list[dict[str, Any]]:
    """Return lines as a case keeps them."""
    return [msgspec.to_builtins(line) for line in lines]
