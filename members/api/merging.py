"""Merge two members of a programme into one."""

from __future__ import annotations

from config.kernel import api
from config.kernel.errors import FieldError, InvalidError
from members import errors, selectors, services
from members.api.contracts import MergeIn, MergeLineOut, MergeOut
from members.types import MergeReport


class UnknownMemberError(InvalidError):
    """The body names a member that this programme does not have."""

    code = "member.unknown"
    title = "There is no such member"

    def __init__(self, pointer: str) -> None:
        super().__init__(errors=[FieldError(pointer=pointer, code=self.code, detail=self.title)])


@api.operation(
    scope="members:write",
    body=MergeIn,
    answer=MergeOut,
    tag="Members",
    summary="Merge two members who are one person",
    errors=[
        UnknownMemberError,
        errors.MergeSameMemberError,
        errors.MergeMemberClosedError,
        errors.MergeDifferentPeopleError,
        errors.MergeCaseClosedError,
    ],
    idempotency="stored",
    dry_run=True,
)
def merge(call: api.Call) -> api.Reply:
    """Points move lot by lot; orders, events and old ids stay, and answer for the survivor.

    The same two again answer with what was done. For 30 days staff can undo it.
    """
    body: MergeIn = call.body
    report = services.merge_by_storefront(
        survivor_id=_given(call, body.survivor, "/survivor"),
        duplicate_id=_given(call, body.duplicate, "/duplicate"),
        actor=call.caller.actor,
        reason=body.reason,
        now=call.now,
    )
    return api.Reply(_shown(report), replay=report.replayed)


def _given(call: api.Call, public_id: str, pointer: str) -> int:
    found = selectors.find_given(public_id=public_id, programme_id=call.caller.programme_id)
    if found is None:
        raise UnknownMemberError(pointer)
    return found


def _shown(report: MergeReport) -> MergeOut:
    return MergeOut(
        id=selectors.case_public_id(report.case_id),
        survivor=selectors.public_id(report.survivor_id),
        duplicate=selectors.public_id(report.duplicate_id),
        merged_at=report.merged_at,
        undo_until=report.undo_until,
        lines=[
            MergeLineOut(
                part=line.part,
                what=line.what,
                of=line.of,
                survivor=line.survivor,
                duplicate=line.duplicate,
                result=line.result,
            )
            for line in report.lines
        ],
    )
