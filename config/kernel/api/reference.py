"""The reference of errors and scopes, gathered from the code."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping

from config.kernel.api import errors as api_errors
from config.kernel.api.operations import Operation
from config.kernel.api.problems import status_of
from config.kernel.errors import DomainError, MalformedError

_scope_texts: dict[str, object] = {}


def describe_scopes(texts: Mapping[str, object]) -> None:
    """Say what each scope allows (the app that knows the scopes calls this)."""
    _scope_texts.update(texts)


def scope_text(scope: str) -> str:
    """Return what a scope allows."""
    return str(_scope_texts.get(scope, scope))


def errors() -> list[type[DomainError]]:
    """Return one class for each error code of the product, by code."""
    by_code: dict[str, type[DomainError]] = {}
    for error in _descendants(DomainError):
        # The nearest to the root explains a code that subclasses share.
        by_code.setdefault(error.code, error)
    return [by_code[code] for code in sorted(by_code)]


def _descendants(error: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in error.__subclasses__():
        if not child.__module__.startswith("tests."):
            yield child
            yield from _descendants(child)


def explain(error: type[DomainError]) -> str:
    """Return what an error means: the first paragraph of its docstring, else its title."""
    text = inspect.cleandoc(error.__doc__ or str(error.title))
    return " ".join(text.split("\n\n", 1)[0].split())


def refusals(path: str, method: str, operation: Operation) -> dict[int, list[type[DomainError]]]:
    """Return the errors an operation may answer with, by status."""
    found: set[type[DomainError]] = {
        api_errors.UnauthenticatedError,
        api_errors.ScopeMissingError,
        api_errors.RateLimitedError,
        api_errors.BusyError,
        MalformedError,
        api_errors.InvalidFieldError,
        api_errors.UnknownFieldError,
        *operation.errors,
    }
    if method != "GET":
        found |= {
            api_errors.TooLargeError,
            api_errors.WrongContentTypeError,
            api_errors.BadKeyError,
        }
    if "cursor" in operation.query_names:
        found.add(api_errors.BadCursorError)
    if operation.idempotency is not None:
        found |= {
            api_errors.KeyReusedError,
            api_errors.InFlightError,
        }
    if "{" in path:
        found.add(api_errors.NoSuchPathError)
    by_status: dict[int, list[type[DomainError]]] = {}
    for error in sorted(found, key=lambda e: (status_of(e), e.code)):
        by_status.setdefault(status_of(error), []).append(error)
    return by_status
