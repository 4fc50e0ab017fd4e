"""The console's home: figures that answer in one look, and lead to the lists behind them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.kernel import clock, metrics, numerals
from config.kernel.console import sees_all
from config.pages import formats, rollups, sparkline, visitors
from config.pages.rollups import Rollup
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Programme

PERIODS = (7, 30, 90, 365)
_DEFAULT = 30
# The task reads every five minutes: older figures tell that it does not run.
_RECENT = timedelta(minutes=1)
_STALE = timedelta(minutes=15)
# More bars than this and days become weeks.
_MOST_BARS = 92
# Unfold's charts read colors from these.
_COLORS = ("var(--color-primary-600)", "var(--color-base-400)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A number, its change against the period before, its line, its formula, its list."""

    title: str
    value: str
    change: str
    direction: str
    before: str
    formula: str
    line: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One day, or week, of a chart."""

    title: str
    values: Sequence[str]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart: what unfold draws, and the same as a table that leads to the lists."""

    title: str
    headers: Sequence[str]
    data: str
    options: str
    summary: str
    rows: Sequence[Row]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One bar of a distribution."""

    title: str
    value: str
    percent: str
    width: int
    url: str


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the board to the console's home (unfold's DASHBOARD_CALLBACK)."""
    programmes = programmes_selectors.list_programmes()
    programme = _programme(request, programmes)
    if programme is None:
        return context
    now = clock.now()
    days = _days(request)
    rollup = rollups.read(programme=programme, now=now)
    frame = {
        "programme": programme,
        "programmes": [(p.code, _name(p), p.id == programme.id) for p in programmes],
        "periods": [(d, _period(d), d == days) for d in PERIODS],
        "days": days,
    }
    if rollup is None:
        return context | {"title": _("Overview"), "board": frame | {"reading": True}}
    last = now.astimezone(programme.zone).date()
    span = metrics.Span(
        programme_id=programme.id,
        first=last - timedelta(days=days - 1),
        last=last,
        zone=programme.zone,
    )
    if not sees_all(request):
        # The board counts all members; whoever sees one store's sees no figures of the rest.
        return context | {"title": _("Overview")}
    may = request.user.has_perm
    return context | {
        "title": _("Overview"),
        "board": {
            **frame,
            "as_of": rollup.as_of,
            "age": timesince(rollup.as_of, now) if now - rollup.as_of > _RECENT else "",
            "stale": now - rollup.as_of > _STALE,
            "tiles": [
                _tile(metric, rollup, span, programme)
                for metric in metrics.list_tiles()
                if may(metric.permission)
            ],
            "charts": [
                _chart(chart, rollup, span)
                for chart in metrics.list_charts()
                if may(metrics.find_metric(chart.metrics[0]).permission)
            ],
            "distributions": [
                (str(d.title), str(d.formula), _shares(d, rollup, programme))
                for d in metrics.list_distributions()
                if may(d.permission)
            ],
        },
    }


def _programme(request: HttpRequest, programmes: Sequence[Programme]) -> Programme | None:
    asked = request.GET.get("programme")
    center = visitors.center_programme()
    fallback = center or (programmes[0] if programmes else None)
    return next((p for p in programmes if p.code == asked), fallback)


def _days(request: HttpRequest) -> int:
    asked = numerals.read(request.GET.get("days"))
    return asked if asked in PERIODS else _DEFAULT


def _period(days: int) -> str:
    return _("1 year") if days == 365 else _("%(days)s days") % {"days": days}


def _name(programme: Programme) -> str:
    chinese = (get_language() or "").startswith("zh")
    return (programme.name_zh if chinese else programme.name_en) or programme.code


def _tile(metric: metrics.Metric, rollup: Rollup, span: metrics.Span, programme: Programme) -> Tile:
    by_day = rollup.series.get(metric.slug, {})
    length = (span.last - span.first).days + 1
    shift = timedelta(days=length)
    earlier = metrics.Span(
        programme_id=span.programme_id,
        first=span.first - shift,
        last=span.last - shift,
        zone=span.zone,
    )
    value, before = _value(metric, by_day, span), _value(metric, by_day, earlier)
    return Tile(
        title=str(metric.title),
        value=_show(metric, value, programme),
        change=_change(value, before),
        direction="up" if value > before else "down" if value < before else "same",
        before=_show(metric, before, programme),
        formula=str(metric.formula),
        line=sparkline.points(_line(metric, by_day, span)),
        url=metric.link(span),
    )


def _value(metric: metrics.Metric, by_day: metrics.ByDay, span: metrics.Span) -> int:
    if metric.nature == "stock":
        return sum(change for day, change in by_day.items() if day <= span.last)
    return sum(change for day, change in by_day.items() if span.first <= day <= span.last)


def _line(metric: metrics.Metric, by_day: metrics.ByDay, span: metrics.Span) -> list[int]:
    values = [by_day.get(day, 0) for day in _each(span)]
    if metric.nature == "flow":
        return values
    level = sum(change for day, change in by_day.items() if day < span.first)
    levels = []
    for change in values:
        level += change
        levels.append(level)
    return levels


def _each(span: metrics.Span) -> list[date]:
    return [span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1)]


def _show(metric: metrics.Metric, value: int, programme: Programme) -> str:
    if metric.unit == "money":
        return formats.money(amount=value, currency=programme.currency, brief=True)
    return formats.number(value)


def _change(value: int, before: int) -> str:
    if value == before:
        return _("unchanged")
    if before <= 0:
        return _("new") if before == 0 else formats.signed(value - before)
    return f"{(value - before) / before:+.1%}"


def _chart(chart: metrics.Chart, rollup: Rollup, span: metrics.Span) -> Drawn:
    shown = [metrics.find_metric(slug) for slug in chart.metrics]
    spans = _bars(span)
    columns = [
        [_value(metric, rollup.series.get(metric.slug, {}), part) for part in spans]
        for metric in shown
    ]
    labels = [f"{part.first.month}/{part.first.day}" for part in spans]
    data = {
        "labels": labels,
        "datasets": [
            {
                "label": str(metric.title),
                "data": column,
                "backgroundColor": _COLORS[place % len(_COLORS)],
                "borderRadius": 3,
                "grouped": True,
                "maxBarThickness": 14,
                "displayYAxis": place == 0,
            }
            for place, (metric, column) in enumerate(zip(shown, columns, strict=True))
        ],
    }
    rows = [
        Row(
            title=_span_title(part),
            values=[formats.number(column[place]) for column in columns],
            url=shown[0].link(part),
        )
        for place, part in enumerate(spans)
        if any(column[place] for column in columns)
    ]
    totals = ", ".join(
        f"{metric.title} {formats.number(sum(column))}"
        for metric, column in zip(shown, columns, strict=True)
    )
    return Drawn(
        title=str(chart.title),
        headers=[str(metric.title) for metric in shown],
        data=json.dumps(data),
        options=json.dumps(_options(legend=len(shown) > 1)),
        summary=totals,
        rows=rows[::-1],
        url=shown[0].link(span),
    )


def _options(*, legend: bool) -> dict[str, Any]:
    """Return how Chart.js draws: whole numbers, and no more lines than the eye needs."""
    ticks = {"color": "#6b7280", "maxRotation": 0, "autoSkipPadding": 16}
    return {
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "plugins": {
            "legend": {
                "display": legend,
                "align": "end",
                "labels": {"boxHeight": 6, "boxWidth": 6, "color": "#6b7280"},
            }
        },
        "scales": {
            "x": {"grid": {"display": False}, "ticks": ticks},
            "y": {
                "beginAtZero": True,
                "border": {"display": False},
                "grid": {},
                "ticks": {**ticks, "precision": 0},
            },
        },
    }


def _bars(span: metrics.Span) -> list[metrics.Span]:
    """Cut a span into days, or into weeks when the days would be too many to tell apart."""
    length = (span.last - span.first).days + 1
    step = 1 if length <= _MOST_BARS else 7
    return [
        metrics.Span(
            programme_id=span.programme_id,
            first=(first := span.first + timedelta(days=start)),
            last=min(first + timedelta(days=step - 1), span.last),
            zone=span.zone,
        )
        for start in range(0, length, step)
    ]


def _span_title(span: metrics.Span) -> str:
    first = formats.day(span.first)
    return first if span.first == span.last else f"{first} – {formats.day(span.last)}"


def _shares(
    distribution: metrics.Distribution, rollup: Rollup, programme: Programme
) -> list[Share]:
    parts = rollup.parts.get(distribution.slug, [])
    chinese = (get_language() or "").startswith("zh")
    total = sum(part.value for part in parts) or 1
    most = max((part.value for part in parts), default=0) or 1
    return [
        Share(
            title=part.name_zh if chinese else part.name_en,
            value=formats.number(part.value),
            percent=f"{part.value / total:.0%}",
            width=round(100 * part.value / most),
            url=distribution.link(programme.id, part.query),
        )
        for part in parts
    ]
