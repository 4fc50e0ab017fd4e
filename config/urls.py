"""The composition root of URLs."""

from allauth.idp.oidc import views as oidc_views
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from config.kernel import gauges, health
from config.kernel.api import papers

# One line for each app's `api.urls`.
API: list[URLPattern | URLResolver] = [
    path("", include("members.api.urls")),
    path("", include("points.api.urls")),
    path("", include("points.mall.api.urls")),
    path("", include("loyalty.earning.api.urls")),
    path("", include("loyalty.settlement.api.urls")),
    path("", include("config.pages.api.urls")),
    path("", include("config.pages.docs.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("config.pages.urls")),
    path("", include("config.pages.mall.urls")),
    path("", include("members.urls")),
    path("", include("points.mall.urls")),
    path("language", set_language, name="set_language"),
    path("ops/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", gauges.metrics, name="metrics"),
    path("oauth/token", oidc_views.token, name="oauth_token"),
    path("oauth/revoke", oidc_views.revoke, name="oauth_revoke"),
    path("api/v1/", include([*API, *papers.urlpatterns])),
]
