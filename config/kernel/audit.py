"""The audit trail: who did what to what, why, and how it looked before and after.

Rows are written in the transaction of the act and never changed. There are no foreign
keys, so that the trail neither holds back nor follows the life of what it tells of.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.kernel.models import AuditRecord


def record(
    *,
    actor: str,
    action: str,
    target: str,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """Write one line of the audit trail.

    `actor` and `target` are ids (`staff:7`, `programme:1`), never names or addresses;
    `before` and `after` are plain JSON values without personal data.
    """
    AuditRecord.objects.create(
        actor=actor,
        action=action,
        target=target,
        reason=reason,
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
        recorded_at=now,
    )
