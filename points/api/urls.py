"""Paths of the points API, below /api/v1/."""

from __future__ import annotations

from config.kernel import api
from points.api import batching, exchanges, movements, reads, reservations

urlpatterns = [
    api.route("members/<str:member>/balance", get=reads.balance),
    api.route("members/<str:member>/balances", get=reads.balances),
    api.route("members/<str:member>/entries", get=reads.entries),
    api.route("entries/<str:entry>/explain", get=reads.explain_entry),
    api.route("members/<str:member>/points/earn", post=movements.earn),
    api.route("members/<str:member>/points/spend", post=movements.spend),
    api.route("members/<str:member>/points/adjust", post=movements.adjust),
    api.route("reservations", post=reservations.reserve),
    api.route("reservations/<str:reservation>", get=reservations.reservation),
    api.route("reservations/<str:reservation>/capture", post=reservations.capture),
    api.route("reservations/<str:reservation>/release", post=reservations.release),
    api.route("entries/<str:entry>/reverse", post=movements.reverse),
    api.route("points/exchange", post=exchanges.exchange),
    api.route("points/batch", post=batching.batch),
]
