"""Addresses of signing in and out."""

from __future__ import annotations

from django.urls import path

from members import views

app_name = "members"
urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-in/code", views.code, name="code"),
    path("sign-in/code/resend", views.resend, name="resend"),
    path("sign-out", views.sign_out, name="sign_out"),
]
