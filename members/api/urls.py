"""Paths of the members' API, below /api/v1/."""

from __future__ import annotations

from config.kernel import api
from members.api import merging, views

urlpatterns = [
    api.route("members", get=views.look_up, post=views.enrol),
    api.route("members/merge", post=merging.merge),
    api.route("members/<str:member>", get=views.show, patch=views.change),
    api.route("members/<str:member>/identities", post=views.attach),
]
