"""Which function reacts to which event. Upper apps fill this when their `handlers` is imported.

A handler is idempotent, runs in one transaction together with the mark that it has run,
and calls one service. Between handlers, and between the events of one handler, there is
no order: a handler that needs one reads the state it acts upon.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import UnionType
from typing import Any, Literal, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

from config.kernel.events import Event

Queue = Literal["critical", "default", "bulk"]
E = TypeVar("E", bound=Event)
E_contra = TypeVar("E_contra", bound=Event, contravariant=True)


class Reaction(Protocol[E_contra]):
    """What a handler looks like: the event, and the time it is handled at."""

    def __call__(self, event: E_contra, /, *, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """A registered reaction. `name` is stored with each delivery: renaming one is a migration."""

    name: str
    event: type[Event]
    run: Callable[..., None]
    queue: Queue


class DuplicateHandlerError(RuntimeError):
    """Two functions claim the same handler name."""


_by_event: dict[str, list[Handler]] = {}
_by_name: dict[str, Handler] = {}


def handles(event: type[E], *, queue: Queue = "default") -> Callable[[Reaction[E]], Reaction[E]]:
    """Register the decorated function as a reaction to `event`."""

    def register(run: Reaction[E]) -> Reaction[E]:
        function: Any = run
        name = f"{function.__module__}.{function.__qualname__}"
        if name in _by_name:
            raise DuplicateHandlerError(name)
        handler = Handler(name=name, event=event, run=run, queue=queue)
        _by_name[name] = handler
        _by_event.setdefault(event.name, []).append(handler)
        return run

    return register


def for_event(name: str) -> list[Handler]:
    """Return the handlers of the event called `name`."""
    return _by_event.get(name, [])


def find(name: str) -> Handler | None:
    """Return the handler called `name`, if this version of the code still has it."""
    return _by_name.get(name)


def forget(run: Any) -> None:
    """Take a handler out again (tests register their own)."""
    for handler in [h for h in _by_name.values() if h.run is run]:
        del _by_name[handler.name]
        _by_event[handler.event.name].remove(handler)


@cache
def _instants(event: type[Event]) -> frozenset[str]:
    """Return the names of the event's own fields that are datetimes."""
    found = set()
    for name, hint in get_type_hints(event).items():
        kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
        if datetime in kinds:
            found.add(name)
    return frozenset(found)


def rebuild(
    event: type[Event],
    payload: Mapping[str, Any],
    *,
    occurred_at: datetime,
    programme_id: int | None,
    member_id: int | None,
) -> Event:
    """Make the event object again from what the outbox holds.

    Fields that the class no longer has are left out, so that an event written before an
    upgrade can be delivered after it.
    """
    instants = _instants(event)  # type: ignore[arg-type]  # classes can be hashed
    known = event.__dataclass_fields__
    values = {
        name: datetime.fromisoformat(value) if name in instants and value is not None else value
        for name, value in payload.items()
        if name in known
    }
    return event(occurred_at=occurred_at, programme_id=programme_id, member_id=member_id, **values)
