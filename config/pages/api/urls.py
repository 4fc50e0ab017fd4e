"""Paths of the storefront endpoints that mix apps."""

from config.kernel import api
from config.pages.api import views

urlpatterns = [api.route("members/<str:member>/summary", get=views.summary)]
