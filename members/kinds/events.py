"""What happened to members' kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from config.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class KindsPublished(Event):
    """A version of a programme's kinds is in force."""

    name: ClassVar[str] = "kinds.published.v1"

    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KindEntered(Event):
    """A member is of a kind now; `until` is exclusive, empty for no end."""

    name: ClassVar[str] = "kinds.entered.v1"

    kind: str
    until: str
    why: str
    renewed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KindEnded(Event):
    """A member is of a kind no more."""

    name: ClassVar[str] = "kinds.ended.v1"

    kind: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindEnding(Event):
    """A membership of a kind ends soon and can be renewed."""

    name: ClassVar[str] = "kinds.ending.v1"

    kind: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRefused(Event):
    """An application was refused; the reason is read where it is kept."""

    name: ClassVar[str] = "kinds.application_refused.v1"

    kind: str
    application_id: int
