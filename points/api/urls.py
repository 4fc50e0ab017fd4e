"""Paths of the points API, below /api/v1/."""

from __future__ import annotations

from config.kernel import api
from points.api import batching, views

urlpatterns = [
    api.route("members/<str:member>/balance", get=views.balance),
    api.route("members/<str:member>/entries", get=views.entries),
    api.route("entries/<str:entry>/explain", get=views.explain_entry),
    api.route("members/<str:member>/points/earn", post=views.earn),
    api.route("members/<str:member>/points/spend", post=views.spend),
    api.route("members/<str:member>/points/adjust", post=views.adjust),
    api.route("reservations", post=views.reserve),
    api.route("reservations/<str:reservation>", get=views.reservation),
    api.route("reservations/<str:reservation>/capture", post=views.capture),
    api.route("reservations/<str:reservation>/release", post=views.release),
    api.route("entries/<str:entry>/reverse", post=views.reverse),
    api.route("points/batch", post=batching.batch),
]
