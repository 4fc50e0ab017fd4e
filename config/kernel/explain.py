"""Why an amount is what it is. Upper apps register who can tell; lower ones ask here.

An explainer knows the decisions of one app, by member and source. It answers None for
what it did not decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A recorded decision: what made it, from which facts, by which steps."""

    rule_version: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    arithmetic: tuple[Mapping[str, Any], ...] = ()


class Explainer(Protocol):
    def __call__(self, *, member_id: int, source: str) -> Explanation | None: ...


_explainers: dict[str, Explainer] = {}


def register(name: str, explainer: Explainer) -> None:
    """Name the function that explains an app's decisions (from `AppConfig.ready`)."""
    _explainers[name] = explainer


def explain(*, member_id: int, source: str) -> Explanation | None:
    """Return the first explanation that an app has for a source, or None."""
    for explainer in _explainers.values():
        found = explainer(member_id=member_id, source=source)
        if found is not None:
            return found
    return None
