"""Sparklines: a series as the points of a small line, drawn without scripts."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT = 120, 32
_MOST = 60


def points(values: Sequence[int]) -> str:
    """Return the `points` of an SVG polyline through the values, left to right."""
    if len(values) > _MOST:
        step = len(values) / _MOST
        values = [values[int(place * step)] for place in range(_MOST - 1)] + [values[-1]]
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    reach = (high - low) or 1
    room = HEIGHT - 4
    return " ".join(
        f"{place * WIDTH / (len(values) - 1):.1f},{HEIGHT - 2 - (value - low) * room / reach:.1f}"
        for place, value in enumerate(values)
    )
