"""Whose value stays when two records of one person disagree on a field. Pure.

Verified first, then the rank of whoever told it, then the latest. A tie keeps the survivor's.
docs/algorithms/merge.md has examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

# Who told a value, as the audit trail names actors: people know best about themselves.
_RANKS = {"member": 3, "user": 3, "staff": 2, "client": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A value of a field, by whom and when it was told, and whether it was proved."""

    value: object
    verified: bool = False
    by: str = ""
    at: datetime

    @property
    def weight(self) -> tuple[bool, int, datetime]:
        return self.verified, _RANKS.get(self.by.partition(":")[0], 0), self.at


def takes_duplicates(*, survivor: Told, duplicate: Told) -> bool:
    """Tell whether the duplicate's value takes the place of the survivor's."""
    if not duplicate.value or duplicate.value == survivor.value:
        return False
    return not survivor.value or duplicate.weight > survivor.weight
