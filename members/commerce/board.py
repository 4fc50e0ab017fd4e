"""What the console's board shows of orders."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kernel import metrics
from members.commerce import selectors


def register() -> None:
    """Publish the figures."""
    metrics.publish(
        read=lambda programme, zone: selectors.sum_orders_by_day(programme_id=programme, zone=zone),
        metrics=[
            metrics.Metric(
                slug="orders",
                title=_("Orders"),
                formula=_("Orders placed in the period, without cancelled ones."),
                nature="flow",
                permission="commerce.view_order",
                link=_placed,
                tile=30,
            ),
            metrics.Metric(
                slug="sales",
                title=_("Net sales"),
                formula=_(
                    "What was paid for goods of these orders: list price less discounts,"
                    " coupons, points and refunds."
                ),
                nature="flow",
                unit="money",
                permission="commerce.view_order",
                link=_placed,
                tile=40,
            ),
        ],
    )
    metrics.draw(
        metrics.Chart(slug="orders", title=_("Orders by day"), order=10, metrics=("orders",))
    )


def _placed(span: metrics.Span) -> str:
    query = {"programme_id": str(span.programme_id), **span.lookups("placed_at")}
    return f"{reverse('admin:commerce_order_changelist')}?{urlencode(query)}"
