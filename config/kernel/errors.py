"""Domain errors. They know no HTTP; `kernel.api.problems` and the page middleware map them.

A subclass states a fact in its name, carries a stable dotted `code`, and holds the
figures a caller needs to tell the user what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """What is wrong with one part of the input. `pointer` is an RFC 6901 JSON pointer."""

    pointer: str
    code: str
    detail: str


class DomainError(Exception):
    """Something the domain refuses. A refusal changed nothing."""

    # What the edge does once the refused work is rolled back: a case to be looked at, say.
    afterwards: Callable[[], None] | None = None
    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Refused"

    def __init__(self, detail: str = "", *, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = tuple(errors)

    @property
    def extensions(self) -> Mapping[str, str]:
        """Return what the problem document tells besides its usual members."""
        return {}


class MalformedError(DomainError):
    """Wrong from the request alone (HTTP 400)."""

    code = "request.malformed"
    title = "The request is malformed"


class ForbiddenError(DomainError):
    """The caller may not do this (HTTP 403)."""

    code = "request.forbidden"
    title = "Not allowed"


class NotFoundError(DomainError):
    """There is no such thing, or the caller may not know of it (HTTP 404)."""

    code = "not_found"
    title = "Not found"


class ConflictError(DomainError):
    """The state of things refuses it (HTTP 409)."""

    code = "conflict"
    title = "Conflict"


class InvalidError(DomainError):
    """Well-formed, but against a rule of meaning (HTTP 422)."""

    code = "invalid"
    title = "Invalid"


class PreconditionFailedError(DomainError):
    """The thing has changed since the caller looked at it (HTTP 412)."""

    code = "request.precondition_failed"
    title = "It has changed meanwhile"
