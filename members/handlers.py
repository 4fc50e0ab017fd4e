"""What members do when requests of theirs are decided."""

from __future__ import annotations

from datetime import datetime

from config.kernel.approvals import ApprovalDecided
from config.kernel.handlers import handles
from members import services


@handles(ApprovalDecided)
def reopen_merge(event: ApprovalDecided, *, now: datetime) -> None:
    """Open a merge case again when nobody agreed to it."""
    if event.kind == services.MERGE and event.state != "approved":
        services.reopen(approval_id=event.approval_id)
