"""Addresses of the JSON API for apps: ours, and those of allauth's that fit our rules.

What would sign up, or change an address or a proof, past our services is left out.
"""

from __future__ import annotations

from allauth.headless.account.views import SessionView
from allauth.headless.constants import Client
from allauth.headless.mfa.views import AuthenticateView, ReauthenticateView
from allauth.headless.usersessions.views import SessionsView
from django.urls import path

from members.headless import views
from members.headless.reading import readable

app_name = "headless"
urlpatterns = [
    path("app/v1/auth/code/request", readable(views.request_code), name="request_code"),
    path("app/v1/auth/code/confirm", readable(views.confirm_code), name="confirm_code"),
    path("app/v1/auth/provider/token", readable(views.provider_token), name="provider_token"),
    path("app/v1/auth/proof/request", readable(views.request_proof), name="request_proof"),
    path("app/v1/auth/proof", readable(views.give_proof), name="give_proof"),
    path(
        "app/v1/auth/session", readable(SessionView.as_api_view(client=Client.APP)), name="session"
    ),
    path(
        "app/v1/auth/sessions",
        readable(SessionsView.as_api_view(client=Client.APP)),
        name="sessions",
    ),
    path(
        "app/v1/auth/2fa/authenticate",
        readable(AuthenticateView.as_api_view(client=Client.APP)),
        name="authenticate",
    ),
    path(
        "app/v1/auth/2fa/reauthenticate",
        readable(ReauthenticateView.as_api_view(client=Client.APP)),
        name="reauthenticate",
    ),
]
