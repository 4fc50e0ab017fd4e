"""Addresses of signing in and out."""

from __future__ import annotations

from django.urls import path

from members.views import pictures, signing_in

app_name = "members"
urlpatterns = [
    path("sign-in", signing_in.sign_in, name="sign_in"),
    path("sign-in/code", signing_in.code, name="code"),
    path("sign-in/code/resend", signing_in.resend, name="resend"),
    path("sign-in/picture/<str:name>.png", pictures.picture, name="picture"),
    path("sign-in/picture/<str:name>.wav", pictures.sound, name="sound"),
    path("sign-out", signing_in.sign_out, name="sign_out"),
]
