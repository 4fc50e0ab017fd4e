"""Strict reading of bodies and query strings. Whatever is wrong here is a 400, never a 500."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from django.conf import settings
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from config.kernel import numerals
from config.kernel.api.contracts import Query
from config.kernel.api.errors import (
    InvalidFieldError,
    TooLargeError,
    UnknownFieldError,
    WrongContentTypeError,
)
from config.kernel.errors import FieldError, MalformedError

_SCALARS = (
    msgspec.inspect.StrType,
    msgspec.inspect.IntType,
    msgspec.inspect.BoolType,
    msgspec.inspect.NoneType,
    msgspec.inspect.LiteralType,
)
# JSON numbers are exact up to here in every language; above, callers disagree.
GREATEST = 2**53 - 1
# How much of a body over the limit is read away before the refusal is sent.
_DRAINED = 64 * 1024 * 1024
# A body's shape: where a number may begin, and its digits. Looking for a long number in it is
# ten times as fast as by pattern.
_SHAPE = bytes.maketrans(b"0123456789[,- \t\r\n", b"0" * 10 + b":" * 7)
_LONG_NUMBER = b":" + b"0" * 16
_PATH = re.compile(r" - at `(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>\d+)\]|\[\.\.\.\]|\[(?P<key>'[^']*')\]")
_NAMED = re.compile(
    r"(?P<what>unknown field|missing required field|unknown parameter) `(?P<name>[^`]*)`"
)


class Nothing(Query):
    """The contract of an operation that takes no parameters, or no body."""


nothing = msgspec.json.Decoder(Nothing)


def read_body(request: HttpRequest, *, media_types: tuple[str, ...]) -> bytes:
    """Return the raw body.

    Raises:
        WrongContentTypeError: the body is declared as something else.
        TooLargeError: it is longer than 10 MB, declared or not.
    """
    declared = request.META.get("CONTENT_LENGTH") or ""
    length = numerals.read(declared)
    limit = settings.API_BODY_LIMIT
    if length is not None and length > limit:
        _drain(request, declared=True)
        raise TooLargeError(f"at most {limit} bytes")
    raw = _read(request, limit, declared=bool(declared))
    if len(raw) > limit:
        _drain(request, declared=bool(declared))
        raise TooLargeError(f"at most {limit} bytes")
    if raw and request.content_type not in media_types:
        raise WrongContentTypeError(f"send {' or '.join(media_types)}")
    return raw


def _read(request: HttpRequest, limit: int, *, declared: bool) -> bytes:
    """Read up to one byte over the limit, which is enough to know that it is too long."""
    try:
        return bytes(_stream(request, declared=declared).read(limit + 1))
    except (UnreadablePostError, OSError):
        raise MalformedError("the body ended early") from None


def _stream(request: HttpRequest, *, declared: bool) -> Any:
    # Not `request.body`, which answers in its own way. A chunked body has no declared
    # length, and Django would read none of it.
    if not declared and "HTTP_TRANSFER_ENCODING" in request.META:
        return request.META["wsgi.input"]
    return request


def _drain(request: HttpRequest, *, declared: bool) -> None:
    """Read away what a too long body still sends, within reason.

    Most clients look for the answer only after they have sent everything; closing on them
    shows a broken pipe instead of the 413.
    """
    stream, left = _stream(request, declared=declared), _DRAINED
    try:
        while left > 0 and (piece := stream.read(min(left, 1 << 16))):
            left -= len(piece)
    except (UnreadablePostError, OSError):
        return


def parse_json(raw: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    """Return the body that `decoder` makes of `raw`.

    Raises:
        MalformedError: it is no JSON, or holds what cannot be stored.
        UnknownFieldError: it has a field that the contract does not name.
        InvalidFieldError: a field is missing, of the wrong type or out of bounds.
    """
    if not raw:
        raise MalformedError("the body is empty, JSON is expected")
    check_storable(raw)
    try:
        parsed = decoder.decode(raw)
    except msgspec.ValidationError as exc:
        raise field_error(str(exc)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise MalformedError(f"the body is no valid JSON: {exc}") from None
    except RecursionError:
        raise MalformedError("the JSON is nested too deeply") from None
    check_instants(parsed)
    return parsed


def parse_plain(raw: bytes) -> Any:
    """Return the body as plain JSON values (for a fingerprint). It was parsed before."""
    return msgspec.json.decode(raw) if raw else None


def check_storable(raw: bytes) -> None:
    """Refuse NUL characters, which PostgreSQL cannot hold, and numbers nobody can count to.

    Both are rare and looked for in the raw bytes first, so that the usual body is not
    walked through.
    """
    if b"\\u0000" not in raw and _LONG_NUMBER not in raw.translate(_SHAPE):
        return
    try:
        plain = msgspec.json.decode(raw)
    except msgspec.ValidationError as exc:
        raise field_error(str(exc)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise MalformedError(f"the body is no valid JSON: {exc}") from None
    for pointer, value in _leaves(plain, ""):
        if isinstance(value, str) and "\0" in value:
            raise invalid(pointer, "NUL characters are not accepted")
        if isinstance(value, int) and abs(value) > GREATEST:
            raise invalid(pointer, f"the number is beyond ±{GREATEST}")


def _leaves(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{pointer}/{escape(key)}", key
            yield from _leaves(inner, f"{pointer}/{escape(key)}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{pointer}/{index}")
    else:
        yield pointer, value


def check_instants(parsed: Any, pointer: str = "") -> None:
    """Refuse years that no calendar arithmetic survives (they overflow in other zones)."""
    if isinstance(parsed, datetime):
        if not 1900 <= parsed.year <= 2999:
            raise invalid(pointer, "the year must lie in 1900 to 2999")
    elif isinstance(parsed, msgspec.Struct):
        for name in _beyond_scalars(type(parsed)):
            value = getattr(parsed, name)
            if isinstance(value, datetime | msgspec.Struct | list):
                check_instants(value, f"{pointer}/{name}")
    elif isinstance(parsed, list):
        for index, value in enumerate(parsed):
            if isinstance(value, datetime | msgspec.Struct | list):
                check_instants(value, f"{pointer}/{index}")


@cache
def _beyond_scalars(contract: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the fields that may hold an instant: a text or a number never does."""
    info = msgspec.inspect.type_info(contract)
    return tuple(field.name for field in info.fields if not _is_scalar(field.type))  # type: ignore[attr-defined]


def _is_scalar(info: msgspec.inspect.Type) -> bool:
    if isinstance(info, msgspec.inspect.UnionType):
        return all(_is_scalar(one) for one in info.types)
    return isinstance(info, _SCALARS)


def parse_query(query_string: str, contract: Any) -> Any:
    """Return the query parameters as `contract`.

    Raises:
        UnknownFieldError: a parameter the operation does not know.
        InvalidFieldError: one that comes twice, or has a wrong value.
        MalformedError: the query string holds NUL characters.
    """
    values: dict[str, str] = {}
    try:
        pairs = parse_qsl(query_string, keep_blank_values=True, max_num_fields=100, errors="strict")
    except ValueError:
        raise MalformedError("the query string cannot be read") from None
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise MalformedError("NUL characters are not accepted")
        if name in values:
            raise invalid(f"/{escape(name)}", "given more than once")
        values[name] = value
    try:
        parsed = msgspec.convert(values, contract, strict=False)
    except msgspec.ValidationError as exc:
        message = str(exc).replace("Object contains unknown field", "unknown parameter")
        raise field_error(message) from None
    check_instants(parsed)
    return parsed


def field_error(message: str) -> MalformedError:
    """Return the error for what msgspec says, with an RFC 6901 pointer to the place."""
    pointer = ""
    if found := _PATH.search(message):
        pointer = _pointer(found["path"])
        message = message[: found.start()]
    if named := _NAMED.search(message):
        place = f"{pointer}/{escape(named['name'])}"
        if named["what"] == "missing required field":
            return invalid(place, "this field is required", "request.required")
        return UnknownFieldError(
            f"unknown: {named['name']}",
            errors=[FieldError(pointer=place, code="request.unknown_field", detail=message)],
        )
    return invalid(pointer, message)


def invalid(pointer: str, detail: str, code: str = "request.invalid") -> InvalidFieldError:
    """Return the error for one wrong field or parameter."""
    shown = f"{pointer}: {detail}" if pointer else detail
    return InvalidFieldError(shown, errors=[FieldError(pointer=pointer, code=code, detail=detail)])


def _pointer(path: str) -> str:
    """Turn `$.lines[0].sku` into `/lines/0/sku`; a key that is not told ends the pointer."""
    steps = []
    for step in _STEP.finditer(path.removeprefix("$")):
        if step[0] == "[...]":
            break
        steps.append(step["name"] or step["index"] or step["key"])
    return "".join(f"/{escape(step)}" for step in steps)


def escape(name: str) -> str:
    """Escape one reference token of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
