"""Merges: what each app does when two members turn out to be one person.

An app registers a part in `AppConfig.ready()`; `members.services` runs all of them in one
transaction, in the order of their numbers, which is the order of locks everybody keeps:
members, then books, then accounts. What a part did and needs for the way back is plain JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Kept = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two members of one programme, and the case in which one becomes the other."""

    survivor_id: int
    duplicate_id: int
    programme_id: int
    case_id: int
    actor: str = ""
    reason: str = ""
    now: datetime

    @property
    def source(self) -> str:
        """Return the name under which postings and records of this merge stand."""
        return f"merge:{self.case_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing the two have, and what the survivor has of it afterwards. Masked.

    `what` is a code of the part's words; `of` says which one, where there are several.
    """

    what: str
    of: str = ""
    survivor: str = ""
    duplicate: str = ""
    result: str = ""


def _nothing(pair: Pair) -> Kept:
    return {}


def _no_way_back(pair: Pair, kept: Kept) -> None:
    return None


def _weightless(pair: Pair) -> int:
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one app does in a merge.

    `preview` reads; `check` raises a DomainError where the merge may not be; `do` moves and
    returns what `undo` needs. `weigh` says how many points the duplicate brings, which a
    limit looks at. `words` are the titles of the lines.
    """

    slug: str
    order: int
    title: Any
    preview: Callable[[Pair], Sequence[Line]]
    words: Callable[[], Mapping[str, str]]
    check: Callable[[Pair], None] | None = None
    do: Callable[[Pair], Kept] = _nothing
    undo: Callable[[Pair, Kept], None] = _no_way_back
    weigh: Callable[[Pair], int] = _weightless


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Let a part take its share in merges. The same slug again replaces it."""
    _parts[part.slug] = part


def parts() -> list[Part]:
    """Return all parts in their order."""
    return sorted(_parts.values(), key=lambda part: (part.order, part.slug))


def find(slug: str) -> Part | None:
    """Return a part, if this version of the code still has it."""
    return _parts.get(slug)
