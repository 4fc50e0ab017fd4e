"""What the console's board shows of members."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kernel import metrics
from members import selectors


def register() -> None:
    """Publish the figures."""
    metrics.publish(
        read=lambda programme, zone: {
            "members": selectors.count_joined_by_day(programme_id=programme, zone=zone)
        },
        metrics=[
            metrics.Metric(
                slug="members",
                title=_("Members"),
                formula=_("Everyone who joined up to the last day, without merged and erased."),
                nature="stock",
                permission="members.view_member",
                link=_joined,
                tile=10,
            )
        ],
    )


def _joined(span: metrics.Span) -> str:
    query = {"programme_id": str(span.programme_id), **span.lookups("joined_at")}
    return f"{reverse('admin:members_member_changelist')}?{urlencode(query)}"
