"""Keep the decisions that explain reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from loyalty.earning.models import EarnDecision
from loyalty.earning.types import DecisionRecord


def record_decisions(*, decisions: Sequence[DecisionRecord], now: datetime) -> None:
    """Write decisions down in one statement; runs in the transaction of the settlement."""
    EarnDecision.objects.bulk_create(
        [
            EarnDecision(
                member_id=record.member_id,
                programme_id=record.programme_id,
                source=record.source,
                rule_version=record.decision.rule_version,
                rate=str(record.decision.rate),
                multiplier=str(record.decision.multiplier),
                earned=record.decision.earned,
                growth=record.decision.growth,
                rows=[
                    [row.line_no, row.rule, row.base, str(row.multiplier), row.points]
                    for row in record.decision.explain
                ],
                inputs=dict(record.inputs),
                decided_at=now,
            )
            for record in decisions
        ],
        batch_size=1000,
    )
