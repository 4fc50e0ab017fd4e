"""Kinds of change that may need a second person, registered in `AppConfig.ready()`.

    @approvals.kind(
        "points.adjust",
        title=_("Correction of points"),
        permission="points.approve_adjustment",
        summary=summarize,           # payload -> Summary: what it will touch, before and after
        basis=read_basis,            # payload -> what must not have changed meanwhile
        headline=in_short,           # payload -> a few words for the list, without a query
    )
    def execute(*, approval: Approval, now: datetime) -> Mapping[str, Any] | None: ...

The executor runs in the transaction of the decision and raises a `DomainError` when it
cannot be done; what it returns is kept as the request's result, its `link` shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from config.kernel.models import Approval

Payload = Mapping[str, Any]
KEEP = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """Something the change will touch: what it is called, and where it is shown."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure before and after."""

    label: str
    before: object
    after: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What an approver reads: a sentence, what is touched, figures as they are now and then."""

    what: str
    touches: Sequence[Touch] = ()
    changes: Sequence[Change] = ()


class Execute(Protocol):
    """What makes the change."""

    def __call__(self, *, approval: Approval, now: datetime) -> Mapping[str, Any] | None: ...


def _no_headline(payload: Payload) -> str:
    return ""


def _no_basis(payload: Payload) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A registered kind of change. `permission` is what it takes to decide one.

    `payload["member_id"]`, where there is one, is shown as the member it concerns.
    """

    name: str
    title: Any
    permission: str
    summary: Callable[[Payload], Summary]
    execute: Execute
    basis: Callable[[Payload], Mapping[str, Any]] = field(default=_no_basis)
    headline: Callable[[Payload], str] = field(default=_no_headline)
    lasts: timedelta = KEEP


_kinds: dict[str, Kind] = {}
E = TypeVar("E", bound=Execute)


def kind(
    name: str,
    *,
    title: Any,
    permission: str,
    summary: Callable[[Payload], Summary],
    basis: Callable[[Payload], Mapping[str, Any]] = _no_basis,
    headline: Callable[[Payload], str] = _no_headline,
    lasts: timedelta = KEEP,
) -> Callable[[E], E]:
    """Register the decorated executor. The same name again replaces it."""

    def register(execute: E) -> E:
        _kinds[name] = Kind(
            name=name,
            title=title,
            permission=permission,
            summary=summary,
            execute=execute,
            basis=basis,
            headline=headline,
            lasts=lasts,
        )
        return execute

    return register


def find(name: str) -> Kind | None:
    """Return the kind of this name, if this version of the code still has it."""
    return _kinds.get(name)


def kinds() -> list[Kind]:
    """Return all kinds, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def forget(name: str) -> None:
    """Take a kind out again (tests register their own)."""
    _kinds.pop(name, None)
