"""Paths of the earning API, below /api/v1/."""

from __future__ import annotations

from config.kernel import api
from loyalty.earning.api import views

urlpatterns = [api.route("members/<str:member>/rewards", post=views.reward)]
