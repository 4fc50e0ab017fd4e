"""Reads of merge cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from config.kernel import ids
from members.errors import MergeCaseNotFoundError
from members.models import Member, MergeCase, SignInAttempt
from members.types import MergeLine, MergeReport, Status

# A browser or app that two members used within this time may be one person's.
_SAME_DEVICE = timedelta(days=90)
_MOST = 20


def case_public_id(case_id: int) -> str:
    """Return the `mrg_…` id of a case."""
    return ids.encode("mrg", member_id=0, row_id=case_id)


def report_of(case: MergeCase, *, replayed: bool = False) -> MergeReport:
    """Return what a merged case came to."""
    if case.decided_at is None or case.undo_until is None:
        raise MergeCaseNotFoundError
    return MergeReport(
        case_id=case.pk,
        survivor_id=case.survivor_id,
        duplicate_id=case.duplicate_id,
        merged_at=case.decided_at,
        undo_until=case.undo_until,
        lines=lines_of(case.report),
        replayed=replayed,
    )


def lines_of(kept: Sequence[dict[str, str]] | None) -> tuple[MergeLine, ...]:
    """Read lines as a case keeps them."""
    return tuple(MergeLine(**line) for line in kept or ())


def has_merged_since(*, member_id: int, since: datetime) -> bool:
    """Return whether another account became part of the member's after `since`."""
    return MergeCase.objects.filter(
        survivor_id=member_id, state=MergeCase.State.MERGED, decided_at__gt=since
    ).exists()


def list_likely(*, member_id: int, now: datetime) -> list[int]:
    """Return members of the programme who may be the same person, the likeliest first.

    They signed in on the same device lately, or have the same birthday and nickname.
    """
    member = Member.objects.get(pk=member_id)
    others = Member.objects.filter(
        programme_id=member.programme_id, status=Status.ACTIVE.value
    ).exclude(pk=member_id)
    mine = SignInAttempt.objects.filter(member_id=member_id, occurred_at__gt=now - _SAME_DEVICE)
    devices = [bytes(d) for d in mine.values_list("device", flat=True).distinct() if d is not None]
    by_device = SignInAttempt.objects.filter(
        device__in=devices, occurred_at__gt=now - _SAME_DEVICE, member_id__isnull=False
    )
    found = list(
        others.filter(pk__in=by_device.values("member_id")).values_list("pk", flat=True)[:_MOST]
    )
    if member.birthday and member.nickname:
        alike = others.filter(birthday=member.birthday, nickname=member.nickname)
        found += [pk for pk in alike.values_list("pk", flat=True)[:_MOST] if pk not in found]
    return found[:_MOST]


def list_cases_of(*, member_ids: Sequence[int]) -> list[MergeCase]:
    """Return the cases about a member, newest first."""
    mine = list(member_ids)
    rows = MergeCase.objects.filter(survivor_id__in=mine) | MergeCase.objects.filter(
        duplicate_id__in=mine
    )
    return list(rows.order_by("-id")[:_MOST])
