"""Decide a merge case: at once, or above the programme's limit by asking a second person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from config.kernel import approvals
from config.kernel.errors import InvalidError
from members import cases
from members.errors import MergeCaseClosedError
from members.models import Member, MergeCase
from members.services import casing, merging
from members.types import MergeLine, MergeReport

MERGE = "members.merge"
State = MergeCase.State


@transaction.atomic
def decide_merge(*, case_id: int, actor: str, reason: str, now: datetime) -> MergeReport | None:
    """Merge the two of a case; return None when a second person was asked to agree.

    Raises:
        InvalidError: no reason is given.
        MergeCaseNotFoundError, MergeCaseClosedError, MergeSameMemberError,
        MergeMemberClosedError, MergeDifferentPeopleError: as `merge` says.
    """
    if not reason.strip():
        raise InvalidError("say why")
    if not merging.needs_second_person(case_id=case_id, now=now):
        return merging.merge(case_id=case_id, actor=actor, reason=reason, now=now)
    case = casing.lock_case(case_id)
    if case.state != State.OPEN:
        raise MergeCaseClosedError
    # Refuse now what an approver could only refuse later.
    rows = Member.objects.in_bulk([case.survivor_id, case.duplicate_id])
    casing.pair_of(rows[case.survivor_id], rows[case.duplicate_id], now=now)
    asked = approvals.request(
        kind=MERGE,
        payload={"case_id": case_id, "member_id": case.survivor_id},
        requested_by=actor,
        reason=reason,
        now=now,
    )
    case.state, case.approval_id = State.WAITING, asked.pk
    case.save(update_fields=["state", "approval_id"])
    return None


@transaction.atomic
def reopen(*, approval_id: int) -> None:
    """Open a case again whose second person did not agree. Safe to repeat."""
    MergeCase.objects.filter(approval_id=approval_id, state=State.WAITING).update(state=State.OPEN)


def list_merge_lines(*, case_id: int, now: datetime) -> list[MergeLine]:
    """Return a case line by line: the report once merged, else as it would be now."""
    case = MergeCase.objects.get(pk=case_id)
    if case.report is not None:
        return list(cases.lines_of(case.report))
    return casing.preview_merge(
        survivor_id=case.survivor_id, duplicate_id=case.duplicate_id, now=now
    )
