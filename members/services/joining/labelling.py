"""A merge's labels: the survivor gets those it lacks. A tier is loyalty's to decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from config.kernel.merging import Kept, Line, Pair
from members.models import Label

_NOT_OURS = "tier"
_TIMES = ("since", "until", "computed_at")
_FIELDS = ("kind", "code", "name_zh", "name_en", *_TIMES)


def lines(pair: Pair) -> Sequence[Line]:
    """Return tags, segments and whatever else apps say of the two."""
    mine, theirs = (_rows(member) for member in (pair.survivor_id, pair.duplicate_id))
    kinds = sorted({kind for kind, _code in (*mine, *theirs)})
    return [
        Line(
            what="label",
            of=kind,
            survivor=_codes(mine, kind),
            duplicate=_codes(theirs, kind),
            result=_codes({**mine, **theirs}, kind),
        )
        for kind in kinds
    ]


def do(pair: Pair) -> Kept:
    """Give the survivor the labels it lacks, and take them all from the duplicate."""
    mine, theirs = (_rows(member) for member in (pair.survivor_id, pair.duplicate_id))
    fresh = [row for key, row in theirs.items() if key not in mine]
    _insert(pair.survivor_id, [_as_kept(row) for row in fresh])
    _others(pair.duplicate_id).delete()
    return {
        "labels": [_as_kept(row) for row in theirs.values()],
        "given": [[row.kind, row.code] for row in fresh],
    }


def undo(pair: Pair, kept: Kept) -> None:
    """Give the duplicate its labels back, and take from the survivor those it got."""
    for kind, code in kept["given"]:
        Label.objects.filter(member_id=pair.survivor_id, kind=kind, code=code).delete()
    _insert(pair.duplicate_id, kept["labels"])


def _others(member_id: int) -> Any:
    return Label.objects.filter(member_id=member_id).exclude(kind=_NOT_OURS)


def _rows(member_id: int) -> dict[tuple[str, str], Label]:
    return {(row.kind, row.code): row for row in _others(member_id).order_by("id")}


def _codes(rows: dict[tuple[str, str], Label], kind: str) -> str:
    return ", ".join(sorted(code for found, code in rows if found == kind))


def _as_kept(row: Label) -> Kept:
    kept: Kept = {name: getattr(row, name) for name in _FIELDS}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in kept.items()}


def _insert(member_id: int, kept: Sequence[Kept]) -> None:
    Label.objects.bulk_create(
        [
            Label(
                member_id=member_id,
                **{
                    name: datetime.fromisoformat(value) if name in _TIMES and value else value
                    for name, value in told.items()
                },
            )
            for told in kept
        ],
        ignore_conflicts=True,
    )
