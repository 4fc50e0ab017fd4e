"""The member code that a till reads: QR and Code 128, as SVG paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import segno
from barcode.codex import Code128

# What scanners want to see around a code, in modules.
_QUIET_QR = 4
_QUIET_BARS = 10
_BAR_HEIGHT = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A path and the box that it lies in, quiet zone included."""

    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCode:
    """Digits in both codes: square for cameras, bars for older scanners."""

    number: str
    square: Drawing
    bars: Drawing


def of(number: str) -> MemberCode:
    """Return the codes of a member code or number."""
    return MemberCode(number=number, square=_square(number), bars=_bars(number))


def _square(number: str) -> Drawing:
    matrix = segno.make_qr(number, error="m").matrix
    size = len(matrix) + 2 * _QUIET_QR
    path = "".join(
        f"M{_QUIET_QR + x} {_QUIET_QR + y}h{length}v1h-{length}z"
        for y, row in enumerate(matrix)
        for x, length in _runs(row)
    )
    return Drawing(path=path, width=size, height=size)


def _bars(number: str) -> Drawing:
    row: Sequence[int] = [int(module) for module in Code128(number).build()[0]]
    path = "".join(
        f"M{_QUIET_BARS + x} 0h{length}v{_BAR_HEIGHT}h-{length}z" for x, length in _runs(row)
    )
    return Drawing(path=path, width=len(row) + 2 * _QUIET_BARS, height=_BAR_HEIGHT)


def _runs(row: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield where dark modules begin and how many there are in a row."""
    at = 0
    for dark, modules in groupby(row, key=bool):
        length = sum(1 for _ in modules)
        if dark:
            yield at, length
        at += length
