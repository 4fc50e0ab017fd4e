"""What the console's board shows of tiers."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kernel import metrics
from loyalty import selectors


def register() -> None:
    """Publish the distribution of tiers."""
    metrics.divide(
        metrics.Distribution(
            slug="tiers",
            title=_("Members by tier"),
            formula=_("Who has ordered or was given a tier, by the tier they have now."),
            order=30,
            permission="loyalty.view_tierchange",
            read=_read,
            link=_history,
        )
    )


def _read(programme_id: int) -> list[metrics.Part]:
    return [
        metrics.Part(name_zh=tier.name_zh, name_en=tier.name_en, value=members, query=tier.code)
        for tier, members in selectors.count_by_tier(programme_id=programme_id)
    ]


def _history(programme_id: int, code: str) -> str:
    query = urlencode({"programme_id": str(programme_id), "tier_code": code})
    return f"{reverse('admin:loyalty_membertier_changelist')}?{query}"
