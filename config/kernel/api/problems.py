"""The one mapper from errors to `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import logging

import msgspec
from django.conf import settings
from django.db import DataError, OperationalError
from django.http import HttpResponse

from config.kernel import errors as kernel_errors
from config.kernel.api import errors
from config.kernel.errors import DomainError

log = logging.getLogger("changke.api")

MEDIA_TYPE = "application/problem+json"
REFERENCE = "/api/v1/errors"

# The nearest base class decides, so the order of this table does not matter.
_STATUS: dict[type[DomainError], int] = {
    kernel_errors.MalformedError: 400,
    errors.UnauthenticatedError: 401,
    kernel_errors.ForbiddenError: 403,
    kernel_errors.NotFoundError: 404,
    errors.MethodNotAllowedError: 405,
    kernel_errors.ConflictError: 409,
    kernel_errors.PreconditionFailedError: 412,
    errors.TooLargeError: 413,
    errors.WrongContentTypeError: 415,
    kernel_errors.InvalidError: 422,
    errors.RateLimitedError: 429,
    errors.InternalError: 500,
    errors.BusyError: 503,
}
_LOCK_NOT_AVAILABLE, _DEADLOCK, _SERIALIZATION, _CANCELED = "55P03", "40P01", "40001", "57014"


class FieldProblem(msgspec.Struct, kw_only=True):
    """What is wrong with one part of the request."""

    pointer: str
    code: str
    detail: str


class Problem(msgspec.Struct, kw_only=True):
    """Every refusal, in one form. `code` is stable; the other texts are for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem]
    request_id: str


def status_of(error: type[DomainError]) -> int:
    """Return the HTTP status an error class maps to."""
    for base in error.__mro__:
        if base in _STATUS:
            return _STATUS[base]
    return 422


def from_exception(exc: Exception) -> DomainError:
    """Return the error to show for any exception; what nobody expected becomes InternalError."""
    if isinstance(exc, DomainError):
        return exc
    sqlstate = getattr(exc.__cause__, "sqlstate", None)
    if isinstance(exc, OperationalError):
        # A lock not granted in time, a deadlock, a lost connection: nothing was committed.
        if sqlstate in (_LOCK_NOT_AVAILABLE, _DEADLOCK, _SERIALIZATION, _CANCELED):
            return errors.BusyError("another request holds the same rows")
        log.warning("database unavailable: %s", exc)
        return errors.BusyError("the database cannot be reached")
    if isinstance(exc, DataError) and sqlstate == "22003":
        return errors.InvalidFieldError("a number is out of range")
    return errors.InternalError()


def describe(exc: DomainError, *, request_id: str) -> Problem:
    """Return the problem document of an error."""
    return Problem(
        type=f"{settings.BASE_URL}{REFERENCE}#{exc.code}",
        title=str(exc.title),
        status=status_of(type(exc)),
        detail=str(exc.detail),
        code=exc.code,
        errors=[FieldProblem(pointer=e.pointer, code=e.code, detail=e.detail) for e in exc.errors],
        request_id=request_id,
    )


def respond(exc: Exception, *, request_id: str) -> HttpResponse:
    """Return the response for any exception, and log those that nobody expected."""
    shown = from_exception(exc)
    if isinstance(shown, errors.InternalError):
        log.error("unexpected error, request %s", request_id, exc_info=exc)
    problem = describe(shown, request_id=request_id)
    told = {**shown.extensions, **msgspec.to_builtins(problem)}
    response = HttpResponse(
        msgspec.json.encode(told), status=problem.status, content_type=MEDIA_TYPE
    )
    for name, value in _headers(shown).items():
        response[name] = value
    return response


def _headers(exc: DomainError) -> dict[str, str]:
    match exc:
        case errors.UnauthenticatedError():
            return {"WWW-Authenticate": 'Bearer realm="changke", error="invalid_token"'}
        case errors.ScopeMissingError():
            return {"WWW-Authenticate": 'Bearer realm="changke", error="insufficient_scope"'}
        case errors.MethodNotAllowedError():
            return {"Allow": ", ".join(exc.allowed)}
        case errors.RateLimitedError():
            return {"Retry-After": str(exc.retry_after)}
        case errors.InFlightError() | errors.BusyError():
            return {"Retry-After": "1"}
        case _:
            return {}
