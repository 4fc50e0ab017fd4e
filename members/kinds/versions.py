"""Kinds as they are read: remembered by each process, because they hardly change."""

from __future__ import annotations

from config.kernel.memory import Memory
from members.kinds.models import KindsVersion
from members.kinds.types import Entry, Kind, Kinds, Level, Proof

_current: Memory[int, Kinds] = Memory()


def forget(programme_id: int) -> None:
    """Drop what this process remembers, after a change."""
    _current.forget(programme_id)


def current(programme_id: int, *, fresh: bool = False) -> Kinds:
    """Return the kinds in force; none at all where nothing was published."""
    return _current.get(programme_id, lambda: _published(programme_id), fresh=fresh)


def _published(programme_id: int) -> Kinds:
    row = KindsVersion.objects.filter(
        programme_id=programme_id, state=KindsVersion.State.PUBLISHED
    ).first()
    return of_row(row) if row else Kinds(programme_id=programme_id, version=0, kinds=())


def of_row(row: KindsVersion) -> Kinds:
    """Return a version as a value."""
    return Kinds(
        programme_id=row.programme_id,
        version=row.version,
        kinds=tuple(
            Kind(
                rank=kind.rank,
                code=kind.code,
                name_zh=kind.name_zh,
                name_en=kind.name_en,
                entry=Entry(kind.entry),
                threshold=kind.threshold,
                validity_months=kind.validity_months,
                proof=Proof(kind.proof),
                by_operator=kind.by_operator,
                service_level=Level(kind.service_level),
                group_size=kind.group_size,
            )
            for kind in sorted(row.rows.all(), key=lambda kind: kind.rank)
        ),
    )
