"""Console: whose members each operator may see, and the trace that a look leaves."""

from __future__ import annotations

from collections.abc import Sequence

from config.kernel import clock
from config.kernel.console import reach
from members import services, serving

reach.bounds(serving.visible_to)


@reach.remembers
def remember(
    *, user_id: int, member_ids: Sequence[int], page: str, fields: Sequence[str], reason: str
) -> None:
    """Write a look into the access log."""
    services.record_access(
        user_id=user_id,
        member_ids=member_ids,
        page=page,
        fields=fields,
        reason=reason,
        now=clock.now(),
    )
