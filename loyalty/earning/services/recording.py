"""Keep the decisions that explain reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from config.kernel import statements
from loyalty.earning.types import DecisionRecord

_INSERT = """
INSERT INTO earning_earndecision (member_id, programme_id, source, rule_version, rate,
                                  multiplier, earned, growth, rows, inputs, decided_at)
SELECT member_id, programme_id, source, rule_version, rate,
       multiplier, earned, growth, rows, inputs, decided_at
FROM json_to_recordset(%s::json) AS r (member_id bigint, programme_id bigint, source text,
    rule_version integer, rate text, multiplier text, earned bigint, growth bigint,
    rows jsonb, inputs jsonb, decided_at timestamptz)
"""


def record_decisions(*, decisions: Sequence[DecisionRecord], now: datetime) -> None:
    """Write decisions down in one statement; runs in the transaction of the settlement."""
    if not decisions:
        return
    rows = [
        {
            "member_id": record.member_id,
            "programme_id": record.programme_id,
            "source": record.source,
            "rule_version": record.decision.rule_version,
            "rate": str(record.decision.rate),
            "multiplier": str(record.decision.multiplier),
            "earned": record.decision.earned,
            "growth": record.decision.growth,
            "rows": [
                [row.line_no, row.rule, row.base, str(row.multiplier), row.points]
                for row in record.decision.explain
            ],
            "inputs": record.inputs,
            "decided_at": now,
        }
        for record in decisions
    ]
    statements.tell(_INSERT, [msgspec.json.encode(rows).decode()])
