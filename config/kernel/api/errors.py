"""What the API layer itself refuses, before any domain is asked."""

from __future__ import annotations

from collections.abc import Sequence

from config.kernel.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    InvalidError,
    MalformedError,
    NotFoundError,
)


class InvalidFieldError(MalformedError):
    """A field or parameter has the wrong type or breaks a limit; `pointer` says which."""

    code = "request.invalid"
    title = "A field is not valid"


class UnknownFieldError(MalformedError):
    """The body or the query string has a field that the operation does not know."""

    code = "request.unknown_field"
    title = "Unknown field"


class BadCursorError(MalformedError):
    """The cursor was not given out by this list."""

    code = "request.cursor_invalid"
    title = "The cursor is not valid"


class BadKeyError(MalformedError):
    """The Idempotency-Key is empty, longer than 255 characters, or not printable ASCII."""

    code = "idempotency.key_invalid"
    title = "The Idempotency-Key is not valid"


class UnauthenticatedError(DomainError):
    """There is no bearer token, or it is unknown, expired, revoked, or of no storefront."""

    code = "request.unauthenticated"
    title = "Authentication is needed"


class ScopeMissingError(ForbiddenError):
    """The token lacks the scope that the operation asks for."""

    code = "request.scope_missing"
    title = "The token lacks a scope"


class NoSuchPathError(NotFoundError):
    """There is no operation at this path."""

    code = "request.path_unknown"
    title = "There is nothing at this path"


class MethodNotAllowedError(DomainError):
    """The path exists, but not with this method; `Allow` lists those it has."""

    code = "request.method_not_allowed"
    title = "Method not allowed"

    def __init__(self, *, allowed: Sequence[str]) -> None:
        super().__init__(f"allowed here: {', '.join(allowed)}")
        self.allowed = tuple(allowed)


class TooLargeError(DomainError):
    """The body is over 10 MB."""

    code = "request.too_large"
    title = "The body is too large"


class WrongContentTypeError(DomainError):
    """The body is not declared as the media type that the operation takes."""

    code = "request.content_type"
    title = "Unsupported media type"


class RateLimitedError(DomainError):
    """The client has used up its calls of this minute."""

    code = "request.rate_limited"
    title = "Too many requests"

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after


class KeyReusedError(InvalidError):
    """The Idempotency-Key came before with another request."""

    code = "idempotency.key_reused"
    title = "The Idempotency-Key was used for another request"


class InFlightError(ConflictError):
    """A request with the same Idempotency-Key is still being handled."""

    code = "idempotency.in_flight"
    title = "The same request is still being handled"


class BusyError(DomainError):
    """The database could not serve the call in time; nothing was changed, so call again."""

    code = "request.busy"
    title = "Busy, try again"


class InternalError(DomainError):
    """Something unexpected happened; the request id finds it in our logs."""

    code = "request.internal"
    title = "Internal error"
