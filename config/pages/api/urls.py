"""Paths of the storefront endpoints that mix apps, and of a member's own."""

from django.urls import path

from config.kernel import api
from config.pages.api import me, views

urlpatterns = [
    api.route("members/<str:member>/summary", get=views.summary),
    path("me", me.me, name="me"),
    path("me/points", me.points, name="me_points"),
    path("me/points/entries", me.entries, name="me_entries"),
    path("me/tier", me.tier, name="me_tier"),
]
