"""Paths of the kinds' API, below /api/v1/."""

from __future__ import annotations

from config.kernel import api
from members.kinds.api import views

urlpatterns = [
    api.route("members/<str:member>/kinds", get=views.show),
    api.route("members/<str:member>/kinds/<str:kind>", post=views.enter, delete=views.end),
]
