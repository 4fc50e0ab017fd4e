"""Merge two members into one, and undo it: all parts in one transaction.

Locks are taken in one order: both members by id, the case, then what the parts lock in
their order (books, then accounts).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from config.kernel import audit, merging, outbox
from config.kernel.errors import InvalidError
from config.kernel.merging import Pair
from members.cases import report_of
from members.errors import (
    MergeCaseClosedError,
    MergeCaseNotFoundError,
    MergeLaterFirstError,
    MergeMemberClosedError,
    MergeNotMergedError,
    MergeSameMemberError,
    MergeUndoLateError,
)
from members.events import MemberMerged, MemberUpdated, MergeUndone
from members.models import Member, MergeCase
from members.programmes import selectors as programmes_selectors
from members.selectors import public_id
from members.services import casing
from members.types import MergeReport, Status

State = MergeCase.State
UNDO = timedelta(days=30)


@transaction.atomic
def merge(*, case_id: int, actor: str, reason: str, now: datetime) -> MergeReport:
    """Make one member of the two of a case; the duplicate's ids keep answering.

    Done already, it answers with what was done then.

    Raises:
        MergeCaseNotFoundError: there is no such case.
        MergeCaseClosedError: it was rejected, or undone.
        InvalidError: no reason is given.
        MergeSameMemberError, MergeOtherProgrammeError, MergeMemberClosedError,
        MergeDifferentPeopleError: the two cannot be merged (any more).
    """
    if not reason.strip():
        raise InvalidError("say why")
    survivor, duplicate, case = _lock(case_id)
    if case.state == State.MERGED:
        return report_of(case, replayed=True)
    if case.state not in (State.OPEN, State.WAITING):
        raise MergeCaseClosedError
    pair = casing.pair_of(
        survivor, duplicate, case_id=case.pk, actor=actor, reason=reason.strip(), now=now
    )
    lines = casing.look(pair)
    kept: dict[str, Any] = {part.slug: part.do(pair) for part in merging.parts()}
    kept["aliases"] = _redirect(pair)
    case.survivor_id, case.duplicate_id = pair.survivor_id, pair.duplicate_id
    case.state, case.report, case.kept = State.MERGED, casing.as_json(lines), kept
    case.decided_by, case.decided_at, case.decision = actor, now, pair.reason[:300]
    case.undo_until = now + UNDO
    case.save()
    _tell(pair, MemberMerged, "merge.done", now)
    return report_of(case)


def needs_second_person(*, case_id: int, now: datetime) -> bool:
    """Tell whether so many points move that nobody merges this case alone.

    Raises:
        MergeCaseNotFoundError: there is no such case.
    """
    case = MergeCase.objects.filter(pk=case_id).first()
    if case is None:
        raise MergeCaseNotFoundError
    pair = _pair(case, now=now)
    limit = programmes_selectors.get_programme(case.programme_id).settings.merge_alone
    return sum(part.weigh(pair) for part in merging.parts()) > limit


@transaction.atomic
def undo(*, case_id: int, actor: str, reason: str, now: datetime) -> None:
    """Make two members of one again, as they would be without the merge.

    Raises:
        MergeCaseNotFoundError: there is no such case.
        MergeNotMergedError: it was not merged, or was undone.
        MergeUndoLateError: the 30 days are over.
        MergeLaterFirstError: the survivor was merged on; that is undone first.
        MergeMemberClosedError: the survivor was erased, and the duplicate with it.
        InvalidError: no reason is given.
        TransferSpentError: points that had come with it are spent, and nothing covers them.
    """
    if not reason.strip():
        raise InvalidError("say why")
    case = _lock_merged(case_id)
    if case.state != State.MERGED:
        raise MergeNotMergedError
    if case.undo_until is None or now >= case.undo_until:
        raise MergeUndoLateError
    survivor = Member.objects.get(pk=case.survivor_id)
    if survivor.survivor_id is not None:
        raise MergeLaterFirstError
    if survivor.status == Status.ERASED:
        raise MergeMemberClosedError
    pair = _pair(case, actor=actor, reason=reason.strip(), now=now)
    kept = case.kept
    _give_back_name(pair, kept["aliases"])
    for part in merging.parts():
        if part.slug in kept:
            part.undo(pair, kept[part.slug])
    case.state = State.UNDONE
    case.undone_by, case.undone_at, case.undo_reason = actor, now, pair.reason[:300]
    case.save()
    _tell(pair, MergeUndone, "merge.undone", now)


def merge_by_storefront(
    *, survivor_id: int, duplicate_id: int, actor: str, reason: str, now: datetime
) -> MergeReport:
    """Merge at a storefront's word; the same two again answer with what was done.

    `duplicate_id` is the member the caller's id was given out for, merged or not.

    Raises:
        MemberNotFoundError, MergeSameMemberError, MergeMemberClosedError, InvalidError,
        MergeDifferentPeopleError: as `open_case` and `merge` say.
    """
    with transaction.atomic():
        done = MergeCase.objects.filter(duplicate_id=duplicate_id, state=State.MERGED).first()
        if done is not None and _final(done.survivor_id) == _final(survivor_id):
            return report_of(done, replayed=True)
        case_id = casing.open_case(
            survivor_id=survivor_id,
            duplicate_id=duplicate_id,
            found=MergeCase.Found.API,
            actor=actor,
            reason=reason,
            now=now,
        )
        case = casing.lock_case(case_id)
        if case.state == State.WAITING:
            raise MergeCaseClosedError
        if case.survivor_id != _final(survivor_id):
            casing.swap(case_id=case_id, actor=actor, now=now)
        return merge(case_id=case_id, actor=actor, reason=reason, now=now)


def _final(member_id: int) -> int:
    found = Member.objects.filter(pk=member_id).values_list("survivor_id", flat=True).first()
    return found or member_id


def _lock(case_id: int) -> tuple[Member, Member, MergeCase]:
    """Lock the case's two members, then the case."""
    told = MergeCase.objects.filter(pk=case_id).first()
    if told is None:
        raise MergeCaseNotFoundError
    survivor, duplicate = casing.lock_both(told.survivor_id, told.duplicate_id)
    case = casing.lock_case(case_id)
    if case.survivor_id == told.duplicate_id:
        survivor, duplicate = duplicate, survivor
    if case.state != State.MERGED and survivor.pk == duplicate.pk:
        raise MergeSameMemberError
    return survivor, duplicate, case


def _lock_merged(case_id: int) -> MergeCase:
    told = MergeCase.objects.filter(pk=case_id).first()
    if told is None:
        raise MergeCaseNotFoundError
    both = [told.survivor_id, told.duplicate_id]
    list(Member.objects.select_for_update().filter(pk__in=both).order_by("pk"))
    return casing.lock_case(case_id)


def _pair(case: MergeCase, *, actor: str = "", reason: str = "", now: datetime) -> Pair:
    return Pair(
        survivor_id=case.survivor_id,
        duplicate_id=case.duplicate_id,
        programme_id=case.programme_id,
        case_id=case.pk,
        actor=actor,
        reason=reason,
        now=now,
    )


def _redirect(pair: Pair) -> list[int]:
    """Let the duplicate, and all that was ever merged into it, answer as the survivor."""
    rows = Member.objects.filter(survivor_id=pair.duplicate_id)
    aliases = sorted(rows.values_list("pk", flat=True))
    rows.update(survivor_id=pair.survivor_id)
    duplicate = Member.objects.get(pk=pair.duplicate_id)
    duplicate.status, duplicate.survivor_id = Status.MERGED.value, pair.survivor_id
    duplicate.version += 1
    duplicate.save()
    return aliases


def _give_back_name(pair: Pair, aliases: list[int]) -> None:
    duplicate = Member.objects.get(pk=pair.duplicate_id)
    duplicate.status, duplicate.survivor_id = Status.ACTIVE.value, None
    duplicate.version += 1
    duplicate.save()
    Member.objects.filter(pk__in=aliases, survivor_id=pair.survivor_id).update(
        survivor_id=pair.duplicate_id, version=F("version") + 1
    )


def _tell(pair: Pair, event: Any, action: str, now: datetime) -> None:
    audit.record(
        actor=pair.actor,
        action=action,
        target=f"merge:{pair.case_id}",
        reason=pair.reason,
        after={"survivor": pair.survivor_id, "duplicate": pair.duplicate_id},
        now=now,
    )
    common: dict[str, Any] = {"programme_id": pair.programme_id, "occurred_at": now}
    member = public_id(pair.survivor_id)
    outbox.publish_all(
        [
            event(
                member=member,
                duplicate=public_id(pair.duplicate_id),
                case_id=pair.case_id,
                member_id=pair.survivor_id,
                **common,
            ),
            MemberUpdated(member=member, fields=["merged"], member_id=pair.survivor_id, **common),
        ],
        now=now,
    )
