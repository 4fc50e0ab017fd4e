"""Reads of earn rules and of the decisions they made."""

from __future__ import annotations

from datetime import datetime

from loyalty.earning.types import Explanation, RuleSet


def get_rules(*, programme_id: int, at: datetime) -> RuleSet:
    """Return the rules that apply to what was paid at `at`.

    Raises:
        RulesNotFoundError: none is published.
    """
    raise NotImplementedError


def find_explanation(*, member_id: int, programme_id: int, source: str) -> Explanation | None:
    """Return the recorded decision about a source of the member, if there is one."""
    raise NotImplementedError
