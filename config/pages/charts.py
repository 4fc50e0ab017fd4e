"""Bar charts as the component draws them: places in percent, so that no script has to measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# How much of its step a bar fills, in percent.
_FILLED = 62
# A value that is not nothing is always seen.
_LEAST = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar. Places are percent as text: a template would write them by language."""

    label: str
    short: str
    value: int
    x: str
    y: str
    width: str
    height: str
    marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars with a title; `summary` is what a screen reader says for all of them."""

    title: str
    summary: str
    bars: tuple[Bar, ...]


def bars(
    values: Sequence[tuple[str, str, int]], *, title: str, summary: str, marked: int | None = None
) -> Chart:
    """Return a chart of (label, short label, value); `marked` is the bar that stands out."""
    most = max((value for _label, _short, value in values), default=0)
    step = 100 / max(len(values), 1)
    drawn = []
    for place, (label, short, value) in enumerate(values):
        height = max(value / most * 100, _LEAST) if value > 0 else 0.0
        drawn.append(
            Bar(
                label=label,
                short=short,
                value=value,
                x=f"{place * step + step * (100 - _FILLED) / 200:.2f}",
                y=f"{100 - height:.2f}",
                width=f"{step * _FILLED / 100:.2f}",
                height=f"{height:.2f}",
                marked=place == marked,
            )
        )
    return Chart(title=title, summary=summary, bars=tuple(drawn))
