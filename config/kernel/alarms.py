"""Alarms: what operators must not overlook, shown in red above every screen of the console.

An app registers a read; it is asked on each screen of those who hold its permission, so it
has to be cheap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What is wrong, in a sentence, and where to look."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """A registered alarm: who hears it, and how to ask whether it rings."""

    slug: str
    permission: str
    read: Callable[[datetime], Alarm | None]


_bells: dict[str, Bell] = {}


def register(bell: Bell) -> None:
    """Hang a bell. The same slug again replaces it."""
    _bells[bell.slug] = bell


def sounding(*, may: Callable[[str], bool], now: datetime) -> list[Alarm]:
    """Return the alarms that ring now for somebody with these permissions."""
    asked = (bell.read(now) for bell in _bells.values() if may(bell.permission))
    return [alarm for alarm in asked if alarm is not None]
