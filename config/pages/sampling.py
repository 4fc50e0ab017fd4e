"""A component in one state, as `/_ui/` asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A component in one state.

    `values` is called in each language; with `uid`, which is new each time, when the
    sample `wants_uid` for the ids inside.
    """

    component: str
    state: str
    values: Callable[..., Mapping[str, Any]]
    wants_uid: bool = False
