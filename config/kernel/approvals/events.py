"""What happened to requests for approval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from config.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequested(Event):
    """Somebody asks for a second person."""

    name: ClassVar[str] = "approval.requested.v1"

    approval_id: int
    kind: str
    requested_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDecided(Event):
    """A request came to its end: `state` is what the row then says."""

    name: ClassVar[str] = "approval.decided.v1"

    approval_id: int
    kind: str
    state: str
    requested_by: str
    decided_by: str | None
