"""GET /metrics: figures for Prometheus, in its text format.

Apps register gauges. The page answers only who brings `METRICS_TOKEN` as a bearer token;
without one set there is no such page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from config.kernel import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """A number that goes up and down. A read that gives None leaves the gauge out."""

    name: str
    says: str
    read: Callable[[datetime], float | None]


_gauges: dict[str, Gauge] = {}


def register(gauge: Gauge) -> None:
    """Offer a gauge. The same name again replaces it."""
    _gauges[gauge.name] = gauge


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer Prometheus."""
    token = settings.METRICS_TOKEN
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not constant_time_compare(sent, token):
        raise Http404
    return HttpResponse(
        expose(now=clock.now()),
        content_type="text/plain; version=0.0.4; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


def expose(*, now: datetime) -> str:
    """Return all gauges as text."""
    lines = []
    for name in sorted(_gauges):
        value = _gauges[name].read(now)
        if value is not None:
            lines += [f"# HELP {name} {_gauges[name].says}", f"# TYPE {name} gauge"]
            lines.append(f"{name} {value:g}" if value < 1e15 else f"{name} {value:.0f}")
    return "\n".join(lines) + "\n"
