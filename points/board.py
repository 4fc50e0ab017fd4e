"""What the console's board shows of points."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kernel import metrics
from points import selectors


def register() -> None:
    """Publish the figures."""
    metrics.publish(
        read=lambda programme, zone: selectors.sum_points_by_day(programme_id=programme, zone=zone),
        metrics=[
            metrics.Metric(
                slug="points_outstanding",
                title=_("Points outstanding"),
                formula=_(
                    "The sum of all ledger entries up to the last day: what members have,"
                    " wait for and have set aside, less what they owe."
                ),
                nature="stock",
                permission="points.view_entry",
                link=_entries,
                tile=20,
            ),
            metrics.Metric(
                slug="points_earned",
                title=_("Points earned"),
                formula=_("Earned in the period, less what refunds took back in it."),
                nature="flow",
                permission="points.view_entry",
                link=_earned,
                tile=50,
            ),
            metrics.Metric(
                slug="points_spent",
                title=_("Points spent"),
                formula=_("Spent in the period, less what was given back in it."),
                nature="flow",
                permission="points.view_entry",
                link=_spent,
                tile=60,
            ),
        ],
    )
    metrics.draw(
        metrics.Chart(
            slug="points",
            title=_("Points by day"),
            order=20,
            metrics=("points_earned", "points_spent"),
        )
    )


def _entries(span: metrics.Span, **more: str) -> str:
    query = {"programme": str(span.programme_id), **span.lookups("occurred_at"), **more}
    return f"{reverse('admin:points_entry_changelist')}?{urlencode(query)}"


def _earned(span: metrics.Span) -> str:
    return _entries(span, counter="issuance")


def _spent(span: metrics.Span) -> str:
    return _entries(span, counter="redemption")
