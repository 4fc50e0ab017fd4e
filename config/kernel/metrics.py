"""Metrics: the figures that apps publish for the console's board.

An app registers a family: one set-based read that gives several figures by local day, and
how each is shown. The board keeps what families read for a while (config.pages.rollups),
so a read may look at every row of a table; it must not look at them one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

ByDay = Mapping[date, int]
# What a family reads: its figures' changes by local day, by the slug of the metric.
Read = Callable[[int, str], Mapping[str, ByDay]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Some local days of a programme, both ends included."""

    programme_id: int
    first: date
    last: date
    zone: ZoneInfo

    def lookups(self, field: str) -> dict[str, str]:
        """Return the span as filters of a console list: from its first instant to its last."""
        start = datetime.combine(self.first, datetime.min.time(), self.zone)
        end = datetime.combine(self.last, datetime.max.time(), self.zone)
        return {f"{field}__gte": start.isoformat(), f"{field}__lte": end.isoformat()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A figure of the board.

    A flow is summed over a period (orders); a stock is what all days up to the period's
    end come to (members). `permission` is what an operator needs to see it, `link` the
    address of the list behind it, `formula` how it is made, in a sentence. `tile` is its
    place among the tiles; without, only charts show it.
    """

    slug: str
    title: Any
    formula: Any
    nature: Literal["flow", "stock"]
    permission: str
    link: Callable[[Span], str]
    unit: Literal["count", "money"] = "count"
    tile: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Metrics by day beside each other; the first one's list stands behind each day."""

    slug: str
    title: Any
    order: int
    metrics: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One share of a distribution, named in both languages."""

    name_zh: str
    name_en: str
    value: int
    query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How something divides now, such as members by tier."""

    slug: str
    title: Any
    formula: Any
    order: int
    permission: str
    read: Callable[[int], Sequence[Part]]
    link: Callable[[int, str], str]


_families: dict[tuple[str, ...], Read] = {}
_metrics: dict[str, Metric] = {}
_charts: dict[str, Chart] = {}
_distributions: dict[str, Distribution] = {}


def publish(*, read: Read, metrics: Sequence[Metric]) -> None:
    """Publish a family of figures. The same slugs again replace it."""
    _families[tuple(metric.slug for metric in metrics)] = read
    _metrics.update({metric.slug: metric for metric in metrics})


def draw(chart: Chart) -> None:
    """Put a chart of published metrics on the board."""
    _charts[chart.slug] = chart


def divide(distribution: Distribution) -> None:
    """Put a distribution on the board."""
    _distributions[distribution.slug] = distribution


def list_families() -> list[Read]:
    """Return what has to be read to know all figures."""
    return list(_families.values())


def list_tiles() -> list[Metric]:
    """Return the metrics that are tiles, in order."""
    tiles = [metric for metric in _metrics.values() if metric.tile is not None]
    return sorted(tiles, key=lambda metric: (metric.tile or 0, metric.slug))


def find_metric(slug: str) -> Metric:
    """Return a published metric."""
    return _metrics[slug]


def list_charts() -> list[Chart]:
    """Return the charts, in order."""
    return sorted(_charts.values(), key=lambda chart: (chart.order, chart.slug))


def list_distributions() -> list[Distribution]:
    """Return the distributions, in order."""
    return sorted(_distributions.values(), key=lambda found: (found.order, found.slug))
