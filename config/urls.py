"""The composition root of URLs."""

from allauth.idp.oidc import views as oidc_views
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from config.kernel import gauges, health
from config.kernel.api import papers
from members.views import authorizing, proving

# Here and not at every start: most commands never open the console.
admin.autodiscover()

# One line for each app's `api.urls`.
API: list[URLPattern | URLResolver] = [
    path("", include("members.api.urls")),
    path("", include("members.kinds.api.urls")),
    path("", include("points.api.urls")),
    path("", include("points.mall.api.urls")),
    path("", include("loyalty.earning.api.urls")),
    path("", include("loyalty.settlement.api.urls")),
    path("", include("config.pages.api.urls")),
    path("", include("config.pages.docs.urls")),
]

# Members sign in to partners and apps; storefronts get their tokens at the same place.
OPENID: list[URLPattern | URLResolver] = [
    path(".well-known/openid-configuration", oidc_views.configuration, name="configuration"),
    path(".well-known/jwks.json", oidc_views.jwks, name="jwks"),
    path("oauth/authorize", authorizing.authorize, name="authorization"),
    path("oauth/token", oidc_views.token, name="token"),
    path("oauth/revoke", oidc_views.revoke, name="revoke"),
    path("oauth/userinfo", oidc_views.user_info, name="userinfo"),
    path("oauth/logout", oidc_views.logout, name="logout"),
    # Named by the library's discovery; no client of ours may use them.
    path("oauth/device/code", authorizing.no_device_code, name="device_code"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("config.pages.urls")),
    path("", include("config.pages.mall.urls")),
    path("", include("config.pages.kinds.urls")),
    path("", include("config.pages.mine.urls")),
    path("", include("members.urls")),
    path("", include("points.mall.urls")),
    path("_allauth/", include("members.headless.urls")),
    # The library looks the page of the second proof up by this name.
    path("sign-in/proof", proving.finish, name="mfa_authenticate"),
    path("language", set_language, name="set_language"),
    path("ops/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", gauges.metrics, name="metrics"),
    path("", include(([path("", include((OPENID, "oidc")))], "idp"))),
    path("api/v1/", include([*API, *papers.urlpatterns])),
]

# Whoever works in the console is told there, in its own frame, what they may not open.
handler403 = "config.pages.console.forbidden"
