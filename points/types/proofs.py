"""Proofs of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofStanding:
    """What the last proof of the ledger said, and whether the next one is overdue."""

    proof_id: int | None = None
    proved_at: datetime | None = None
    differences: int = 0
    overdue: bool = False

    @property
    def alarming(self) -> bool:
        """Tell whether operators have to act."""
        return self.overdue or self.differences > 0
