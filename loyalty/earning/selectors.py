"""Reads of earn rules and of the decisions they made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from config.kernel import explain as kernel_explain
from loyalty.earning import rulesets
from loyalty.earning.models import EarnDecision
from loyalty.earning.types import ExplainRow, Explanation, PlainRows, RuleSet


def get_rules(*, programme_id: int, at: datetime) -> RuleSet:
    """Return the rules that apply to what was paid at `at`.

    Raises:
        RulesNotFoundError: none is published.
    """
    return rulesets.in_force(programme_id, at)


def list_names(*, programme_id: int, version: int | None = None) -> dict[str, tuple[str, str]]:
    """Return the Chinese and English names of rules and behaviors by code.

    Those of `version` go before those of later and earlier ones, which may still explain a
    code that has been dropped.
    """
    names: dict[str, tuple[str, str]] = {}
    found = sorted(rulesets.published(programme_id), key=lambda rules: rules.version == version)
    for rules in found:
        names |= {rule.code: (rule.name_zh, rule.name_en) for rule in rules.rules}
        names |= {row.code: (row.name_zh, row.name_en) for row in rules.behaviors.values()}
    return names


def find_explanation(*, member_id: int, programme_id: int, source: str) -> Explanation | None:
    """Return the recorded decision about a source of the member, if there is one."""
    found = list_explanations(member_ids=[member_id], programme_id=programme_id, sources=[source])
    return found[0] if found else None


def explain(*, member_id: int, source: str) -> kernel_explain.Explanation | None:
    """Tell the ledger's explain endpoint how a source's points came about."""
    row = EarnDecision.objects.filter(member_id=member_id, source=source).first()
    if row is None:
        return None
    told = _explanation(row)
    return kernel_explain.Explanation(
        rule_version=f"earn_rules:{told.rule_version}",
        inputs={
            **told.inputs,
            "rate": str(told.rate),
            "multiplier": str(told.multiplier),
            "rounding": "floor",
            "earned": told.earned,
            "growth": told.growth,
        },
        arithmetic=tuple(
            {
                "line_no": line.line_no,
                "rule": line.rule,
                "base": line.base,
                "rate": str(told.rate if line.rate is None else line.rate),
                "multiplier": str(line.multiplier),
                "points": line.points,
                **({"validity": line.validity} if line.validity else {}),
                **({"capped": line.capped} if line.capped else {}),
            }
            for line in told.rows
        ),
    )


def list_explanations(
    *, member_ids: Sequence[int], programme_id: int, sources: Sequence[str]
) -> list[Explanation]:
    """Return the recorded decisions about some sources of a member (all its ids)."""
    rows = EarnDecision.objects.filter(
        member_id__in=list(member_ids), programme_id=programme_id, source__in=list(sources)
    )
    return [_explanation(row) for row in rows.order_by("id")]


def _explanation(row: EarnDecision) -> Explanation:
    return Explanation(
        source=row.source,
        rule_version=row.rule_version,
        rate=Fraction(row.rate),
        multiplier=Fraction(row.multiplier),
        earned=row.earned,
        growth=row.growth,
        rows=_rows(row),
        inputs=row.inputs,
        decided_at=row.decided_at,
    )


def _rows(row: EarnDecision) -> Sequence[ExplainRow]:
    if isinstance(row.rows, list):
        return [_row(*found) for found in row.rows]
    nets, points = row.rows["nets"], row.rows["points"]
    line_nos = row.rows.get("line_nos") or range(1, len(nets) + 1)
    return PlainRows(line_nos, nets, Fraction(row.multiplier), points)


def _row(
    line_no: int,
    rule: str,
    base: int,
    multiplier: str,
    points: int,
    more: Mapping[str, str] | None = None,
) -> ExplainRow:
    told = more or {}
    return ExplainRow(
        line_no=line_no,
        rule=rule,
        base=base,
        multiplier=Fraction(multiplier),
        points=points,
        rate=Fraction(told["rate"]) if "rate" in told else None,
        validity=told.get("validity", ""),
        capped=told.get("capped", ""),
    )
