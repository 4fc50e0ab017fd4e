"""Charts as plain SVG: drawn on the server, the same without scripts, with a table beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 200
_FOOT = 20
_FILLED = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One rectangle of a bar; `series` picks its color."""

    series: int
    x: str
    y: str
    width: str
    height: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A name below a bar."""

    x: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars, their names and the height of the tallest; `summary` is read aloud."""

    title: str
    summary: str
    series: tuple[str, ...]
    parts: tuple[Part, ...]
    ticks: tuple[Tick, ...]
    most: str
    width: int = WIDTH
    height: int = HEIGHT


Column = tuple[str, str, Sequence[int]]


def stacked(columns: Sequence[Column], *, title: str, summary: str, series: Sequence[str]) -> Chart:
    """Draw one bar for each (name, short name, values), the values upon each other."""
    most = max((sum(max(v, 0) for v in values) for _n, _s, values in columns), default=0)
    parts: list[Part] = []
    for place, (name, _short, values) in enumerate(columns):
        x, width = _place(place, len(columns))
        top = float(HEIGHT - _FOOT)
        for number, value in enumerate(values):
            height = _height(value, most)
            top -= height
            if height:
                says = f"{name} · {series[number]}: {value:,}"
                parts.append(_part(number, x, top, width, height, says))
    return _chart(columns, parts, most, title=title, summary=summary, series=series)


def beside(columns: Sequence[Column], *, title: str, summary: str, series: Sequence[str]) -> Chart:
    """Draw a group of bars for each (name, short name, values), beside each other."""
    most = max((max(v, 0) for _n, _s, values in columns for v in values), default=0)
    parts: list[Part] = []
    for place, (name, _short, values) in enumerate(columns):
        x, width = _place(place, len(columns))
        each = width / max(len(values), 1)
        for number, value in enumerate(values):
            height = _height(value, most)
            if height:
                says = f"{name} · {series[number]}: {value:,}"
                top = HEIGHT - _FOOT - height
                parts.append(_part(number, x + number * each, top, each * 0.9, height, says))
    return _chart(columns, parts, most, title=title, summary=summary, series=series)


def _chart(
    columns: Sequence[Column],
    parts: list[Part],
    most: int,
    *,
    title: str,
    summary: str,
    series: Sequence[str],
) -> Chart:
    # At most so many names below the bars that they do not run into each other.
    every = max(1, -(-len(columns) // 12))
    ticks = tuple(
        Tick(x=f"{(place + 0.5) * WIDTH / len(columns):.1f}", text=short)
        for place, (_name, short, _values) in enumerate(columns)
        if place % every == 0
    )
    return Chart(
        title=title,
        summary=summary,
        series=tuple(series),
        parts=tuple(parts),
        ticks=ticks,
        most=f"{most:,}",
    )


def _place(place: int, of: int) -> tuple[float, float]:
    step = WIDTH / max(of, 1)
    width = min(step * _FILLED, 48)
    return place * step + (step - width) / 2, width


def _height(value: int, most: int) -> float:
    if value <= 0 or most <= 0:
        return 0.0
    # What is not nothing is seen.
    return max(value / most * (HEIGHT - _FOOT - 8), 1.0)


def _part(series: int, x: float, y: float, width: float, height: float, says: str) -> Part:
    return Part(
        series=series,
        x=f"{x:.1f}",
        y=f"{y:.1f}",
        width=f"{width:.1f}",
        height=f"{height:.1f}",
        says=says,
    )
