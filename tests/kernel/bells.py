"""An event and a handler for the test that kills workers; the worker imports this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from config.kernel import audit
from config.kernel.events import Event
from config.kernel.handlers import handles


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolled(Event):
    name: ClassVar[str] = "tests.tolled.v1"

    stroke: int


@handles(Tolled)
def count_stroke(event: Tolled, *, now: datetime) -> None:
    # Not idempotent on purpose: a second run would leave a second row.
    audit.record(actor="bell", action="tests.tolled", target=str(event.stroke), now=now)
