"""A merge's consents: for each purpose what the person said last, by either account, holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.kernel.merging import Kept, Line, Pair
from members.models import Consent

Rows = dict[int, list[Consent]]


def lines(pair: Pair) -> Sequence[Line]:
    """Return what each agreed to, purpose by purpose."""
    rows = _rows(pair)
    purposes = sorted({row.purpose for found in rows.values() for row in found})
    shown = []
    for purpose in purposes:
        mine, theirs = (_stand(rows[member], purpose) for member in _members(pair))
        shown.append(
            Line(
                what="consent",
                of=purpose,
                survivor=mine,
                duplicate=theirs,
                result=_last(rows, purpose),
            )
        )
    return shown


def do(pair: Pair) -> Kept:
    """Copy the duplicate's consents that the survivor lacks; withdraw what was withdrawn last."""
    rows = _rows(pair)
    mine, theirs = rows[pair.survivor_id], rows[pair.duplicate_id]
    copied = []
    withdrawn = []
    for purpose in sorted({row.purpose for found in rows.values() for row in found}):
        if _last(rows, purpose) == "":
            gone = _latest_withdrawal(rows, purpose)
            for row in mine:
                if row.purpose == purpose and row.withdrawn_at is None:
                    withdrawn.append(row.pk)
                    Consent.objects.filter(member_id=pair.survivor_id, id=row.pk).update(
                        withdrawn_at=gone
                    )
            copied += _objections(pair, mine, theirs, purpose)
            continue
        has = {
            row.policy_version for row in mine if row.purpose == purpose and not row.withdrawn_at
        }
        copied += [
            Consent(
                member_id=pair.survivor_id,
                purpose=purpose,
                policy_version=row.policy_version,
                storefront_id=row.storefront_id,
                source=row.source,
                given_at=row.given_at,
            )
            for row in theirs
            if row.purpose == purpose and not row.withdrawn_at and row.policy_version not in has
        ]
    made = Consent.objects.bulk_create(copied)
    return {"copied": [row.pk for row in made], "withdrawn": withdrawn}


def undo(pair: Pair, kept: Kept) -> None:
    """Take the copies away again; a consent that the merge withdrew is given again."""
    mine = Consent.objects.filter(member_id=pair.survivor_id)
    mine.filter(id__in=kept["copied"]).delete()
    mine.filter(id__in=kept["withdrawn"]).update(withdrawn_at=None)


def _objections(
    pair: Pair, mine: Sequence[Consent], theirs: Sequence[Consent], purpose: str
) -> list[Consent]:
    """Return the duplicate's objection to what is on by itself, when the survivor has none."""
    if any(row.purpose == purpose and row.given_at is None for row in mine):
        return []
    return [
        Consent(
            member_id=pair.survivor_id,
            purpose=purpose,
            policy_version=row.policy_version,
            storefront_id=row.storefront_id,
            source=row.source,
            withdrawn_at=row.withdrawn_at,
            withdrawn_source=row.withdrawn_source,
        )
        for row in theirs
        if row.purpose == purpose and row.given_at is None
    ]


def _members(pair: Pair) -> tuple[int, int]:
    return pair.survivor_id, pair.duplicate_id


def _rows(pair: Pair) -> Rows:
    found: Rows = {member: [] for member in _members(pair)}
    for row in Consent.objects.filter(member_id__in=_members(pair)).order_by("id"):
        found[row.member_id].append(row)
    return found


def _stand(rows: Sequence[Consent], purpose: str) -> str:
    """Return the newest version agreed to, empty when there is none in force."""
    newest = _newest(rows, purpose)
    return newest[1] if newest else ""


def _last(rows: Rows, purpose: str) -> str:
    """Return the version agreed to last by either, empty when the last word was a withdrawal."""
    newest = _newest([row for found in rows.values() for row in found], purpose)
    if newest is None:
        return ""
    gone = _latest_withdrawal(rows, purpose)
    return "" if gone is not None and gone > newest[0] else newest[1]


def _newest(rows: Sequence[Consent], purpose: str) -> tuple[datetime, str] | None:
    """Return when a version in force was agreed to latest, and which."""
    given = [
        (row.given_at, row.policy_version)
        for row in rows
        if row.purpose == purpose and row.withdrawn_at is None and row.given_at is not None
    ]
    return max(given, default=None)


def _latest_withdrawal(rows: Rows, purpose: str) -> datetime | None:
    times = [
        row.withdrawn_at
        for found in rows.values()
        for row in found
        if row.purpose == purpose and row.withdrawn_at is not None
    ]
    return max(times, default=None)
