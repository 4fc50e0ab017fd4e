"""Addresses of the docs, below /api/v1/."""

from django.urls import path

from config.pages.docs import views

urlpatterns = [
    path("docs", views.docs, name="api_docs"),
    path("docs/token", views.sandbox_token, name="api_sandbox_token"),
    path("errors", views.errors, name="api_errors"),
]
