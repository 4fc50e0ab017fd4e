"""Corrections by hand."""

from __future__ import annotations

from dataclasses import dataclass

from points.types.balances import Balance
from points.types.outcomes import Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionReason:
    """A reason that operators choose from."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What became of a correction by hand: posted, or waiting for a second person."""

    posted: Posted | None = None
    approval_id: int | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a correction would do: the four figures before and after, and who must agree.

    `limit` is what the actor may correct alone, `used` what it has today.
    """

    before: Balance
    after: Balance
    limit: int
    used: int
    alone: bool
