"""The composition root of URLs."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("config.pages.urls")),
    path("language", set_language, name="set_language"),
    path("ops/", admin.site.urls),
]
