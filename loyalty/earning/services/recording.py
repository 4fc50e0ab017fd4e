"""Keep the decisions that explain reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from config.kernel import statements
from loyalty.earning.types import Decision, DecisionRecord, ExplainRow, PlainRows

# One value of JSON, because an import records decisions of many thousand lines at once.
_RECORD = """
INSERT INTO earning_earndecision (member_id, programme_id, source, rule_version, rate, multiplier,
                                  earned, growth, rows, inputs, decided_at)
SELECT r.member_id, r.programme_id, r.source, r.rule_version, r.rate, r.multiplier, r.earned,
       r.growth, r.rows, r.inputs, %s::timestamptz
FROM json_to_recordset(%s::json) AS r (
  member_id bigint, programme_id bigint, source text, rule_version int, rate text,
  multiplier text, earned bigint, growth bigint, rows jsonb, inputs jsonb)
"""


def record_decisions(*, decisions: Sequence[DecisionRecord], now: datetime) -> None:
    """Write decisions down in one statement; runs in the transaction of the settlement."""
    if not decisions:
        return
    records = [
        {
            "member_id": record.member_id,
            "programme_id": record.programme_id,
            "source": record.source,
            "rule_version": record.decision.rule_version,
            "rate": str(record.decision.rate),
            "multiplier": str(record.decision.multiplier),
            "earned": record.decision.earned,
            "growth": record.decision.growth,
            "rows": _rows(record.decision),
            "inputs": record.inputs,
        }
        for record in decisions
    ]
    statements.tell(_RECORD, [now, msgspec.json.encode(records).decode()])


def _rows(decision: Decision) -> list[tuple[Any, ...]] | dict[str, Sequence[int]]:
    rows = decision.explain
    if isinstance(rows, PlainRows):
        # Columns alone: a file of orders has half a million lines, all with the same rule.
        columns = {"nets": rows.nets, "points": rows.points}
        counted = range(1, len(rows) + 1)
        if rows.line_nos != counted and list(rows.line_nos) != list(counted):
            columns["line_nos"] = rows.line_nos
        return columns
    # Most lines have the decision's own multiplier: spell it once.
    spelled = {id(decision.multiplier): str(decision.multiplier)}
    return [
        (
            row.line_no,
            row.rule,
            row.base,
            spelled.get(id(row.multiplier)) or str(row.multiplier),
            row.points,
            *_more(row),
        )
        for row in rows
    ]


def _more(row: ExplainRow) -> tuple[dict[str, str], ...]:
    if row.rate is None and not row.validity and not row.capped:
        return ()
    rate = "" if row.rate is None else str(row.rate)
    told = {"rate": rate, "validity": row.validity, "capped": row.capped}
    return ({name: value for name, value in told.items() if value},)
