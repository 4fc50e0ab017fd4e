"""Paths of the orders API, below /api/v1/."""

from config.kernel import api
from loyalty.settlement.api import views

urlpatterns = [
    api.route("orders", post=views.report_order),
    api.route("orders/batch", post=views.report_orders),
    # `path`, because shops number orders like 2026/00017; so the longer path comes first.
    api.route("orders/<path:external_no>/events", post=views.report_event),
    api.route("orders/<path:external_no>", get=views.get_order),
    api.route("members/<str:member>/orders", get=views.list_orders),
]
