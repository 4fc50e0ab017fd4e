"""Batches: each item is done or refused by itself; the answer is 207 with one line per item.

`items` answers a JSON batch. For NDJSON, `lines` reads the body and `ndjson` answers it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from config.kernel.api import parsing, problems
from config.kernel.api.contracts import Answer, Call
from config.kernel.errors import DomainError, MalformedError

MOST_BYTES_A_LINE = 256 * 1024
# Of a JSON batch. Longer ones go by NDJSON.
MOST_ITEMS = 1000


class _Enveloped(msgspec.Struct, forbid_unknown_fields=True):
    items: list[msgspec.Raw]


_apart = msgspec.json.Decoder(list[msgspec.Raw] | _Enveloped)


class Item(Answer):
    """What became of one item of a batch."""

    index: int
    status: int
    body: Any = None
    problem: problems.Problem | None = None


class Result(Answer):
    """What became of every item of a batch, in the order they were given."""

    items: list[Item]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an NDJSON body: what it says, or why it cannot be read."""

    index: int
    body: Any
    problem: DomainError | None


def done(index: int, body: Any, *, status: int = 200) -> Item:
    """Return the item of something that was done."""
    return Item(index=index, status=status, body=body)


def refused(index: int, error: Exception, *, call: Call) -> Item:
    """Return the item of something that was refused, by the same mapper as a single call."""
    problem = problems.describe(problems.from_exception(error), request_id=call.request_id)
    return Item(index=index, status=problem.status, problem=problem)


def lines(call: Call, contract: Any) -> Iterator[Line]:
    """Read the NDJSON body line by line; empty lines are skipped, bad ones carry their problem."""
    decoder = msgspec.json.Decoder(contract)
    index = 0
    for raw in call.raw.split(b"\n"):
        text = raw.strip()
        if not text:
            continue
        try:
            if len(text) > MOST_BYTES_A_LINE:
                raise MalformedError(f"a line has at most {MOST_BYTES_A_LINE} bytes")
            yield Line(index, parsing.parse_json(text, decoder), None)
        except DomainError as exc:
            yield Line(index, None, exc)
        index += 1


def read_each(
    raw: bytes, decoder: msgspec.json.Decoder[Any], *, error: MalformedError
) -> list[Any]:
    """Read a JSON batch item by item; what cannot be read is an error in its place.

    The usual batch is read whole, which is several times as fast; this is for one that failed.

    Raises:
        MalformedError: it failed as a whole, not for its items; the `error` it failed with.
    """
    try:
        parts = _apart.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise error from None
    items = parts if isinstance(parts, list) else parts.items
    if len(items) > MOST_ITEMS:
        raise error
    return [_read_one(bytes(item), decoder) for item in items]


def _read_one(raw: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    try:
        return parsing.parse_json(raw, decoder)
    except DomainError as exc:
        return exc


def ndjson(items: Iterable[Item]) -> bytes:
    """Return the items as NDJSON."""
    return msgspec.json.Encoder().encode_lines(list(items))
