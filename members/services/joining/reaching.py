"""A merge's contacts and other channels' ids. Every key of the duplicate keeps leading here.

The duplicate's rows stay where they are: they are the history of what lost, and what an undo
finds again. Look-ups of a merged member's key answer with the survivor.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.kernel.merging import Kept, Line, Pair
from members import fieldpolicy, keys, masking
from members.fieldpolicy import Told
from members.models import ContactPoint, Identity, Member
from members.types import ContactKind

_MASKS = {ContactKind.PHONE: masking.mask_phone, ContactKind.EMAIL: masking.mask_email}
Contacts = dict[tuple[int, str], ContactPoint]


def lines(pair: Pair) -> Sequence[Line]:
    """Return the contacts and ids of both, masked."""
    rows = _contacts(pair)
    shown = []
    for kind in ContactKind:
        mine, theirs = rows.get((pair.survivor_id, kind)), rows.get((pair.duplicate_id, kind))
        if mine is None and theirs is None:
            continue
        shown.append(
            Line(
                what=kind.value,
                survivor=_masked(kind, mine),
                duplicate=_masked(kind, theirs),
                result=_masked(kind, theirs if _wins(mine, theirs) else mine),
            )
        )
    counts = [_count_ids(member) for member in (pair.survivor_id, pair.duplicate_id)]
    shown.append(
        Line(
            what="identities",
            survivor=str(counts[0]),
            duplicate=str(counts[1]),
            result=str(sum(counts)),
        )
    )
    return shown


def do(pair: Pair) -> Kept:
    """Give the survivor the contacts that win."""
    rows = _contacts(pair)
    kept: Kept = {"contacts": {}}
    for kind in ContactKind:
        mine, theirs = rows.get((pair.survivor_id, kind)), rows.get((pair.duplicate_id, kind))
        if theirs is None or not _wins(mine, theirs):
            continue
        kept["contacts"][kind.value] = {
            "before": _as_kept(mine) if mine else None,
            "given": theirs.value,
        }
        _write(pair.survivor_id, kind, _as_kept(theirs))
    return kept


def undo(pair: Pair, kept: Kept) -> None:
    """Give the survivor its own contacts back, and the duplicate the keys that are still free."""
    rows = _contacts(pair)
    for kind, told in kept["contacts"].items():
        mine = rows.get((pair.survivor_id, kind))
        if mine is not None and mine.value == told["given"]:
            _write(pair.survivor_id, ContactKind(kind), told["before"])
    keys.claim(
        programme_id=pair.programme_id,
        owners=[
            (keys.key(kind, row.value), member)
            for (member, kind), row in rows.items()
            if member == pair.duplicate_id
        ],
    )


def _contacts(pair: Pair) -> Contacts:
    found = ContactPoint.objects.filter(member_id__in=[pair.survivor_id, pair.duplicate_id])
    return {(row.member_id, row.kind): row for row in found}


def _count_ids(member_id: int) -> int:
    members = Member.objects.filter(survivor_id=member_id).values_list("pk", flat=True)
    return Identity.objects.filter(member_id__in=[member_id, *members]).count()


def _wins(mine: ContactPoint | None, theirs: ContactPoint | None) -> bool:
    if theirs is None:
        return False
    return mine is None or fieldpolicy.takes_duplicates(
        survivor=_told(mine), duplicate=_told(theirs)
    )


def _told(row: ContactPoint) -> Told:
    return Told(
        value=row.value,
        verified=row.verified_at is not None,
        at=row.verified_at or row.recorded_at,
    )


def _masked(kind: ContactKind, row: ContactPoint | None) -> str:
    if row is None:
        return ""
    proved = " ✓" if row.verified_at else ""
    return f"{_MASKS[kind](row.value)}{proved}"


def _as_kept(row: ContactPoint) -> Kept:
    return {
        "value": row.value,
        "verified_at": row.verified_at.isoformat() if row.verified_at else None,
        "recorded_at": row.recorded_at.isoformat(),
    }


def _write(member_id: int, kind: ContactKind, told: Kept | None) -> None:
    ContactPoint.objects.filter(member_id=member_id, kind=kind).delete()
    if told is None:
        return
    verified = told["verified_at"]
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(
                member_id=member_id,
                kind=kind,
                value=told["value"],
                verified_at=datetime.fromisoformat(verified) if verified else None,
                recorded_at=datetime.fromisoformat(told["recorded_at"]),
            )
        ]
    )
