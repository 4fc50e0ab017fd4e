"""Who may correct how much, and the reasons to choose from: data that administrators keep."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from config.kernel import audit
from points.models.accounting import AdjustmentLimit, AdjustmentReason
from points.types import GROWTH, POINTS

# What a new installation begins with; administrators keep it from then on.
_LIMITS = {"support": 500, "manager": 5_000, "finance": 5_000, "administrator": 5_000}
_REASONS = (
    ("missing", "积分未到账", "Points did not arrive"),
    ("wrong", "积分记错", "Points were wrong"),
    ("goodwill", "客诉补偿", "Goodwill after a complaint"),
    ("campaign", "活动补发", "Campaign reward paid late"),
    ("misuse", "违规扣回", "Misuse"),
    ("other", "其他", "Something else"),
)


def begin(**_: Any) -> None:
    """Fill empty tables with what a new installation begins with (post_migrate receiver)."""
    if not AdjustmentLimit.objects.exists():
        AdjustmentLimit.objects.bulk_create(
            AdjustmentLimit(role=role, currency=currency, points=points)
            for role, points in _LIMITS.items()
            for currency in (POINTS, GROWTH)
        )
    if not AdjustmentReason.objects.exists():
        AdjustmentReason.objects.bulk_create(
            AdjustmentReason(code=code, name_zh=chinese, name_en=english)
            for code, chinese, english in _REASONS
        )


@transaction.atomic
def set_limit(
    *, role: str, currency: str, points: int, actor: str, reason: str, now: datetime
) -> None:
    """Let a role correct up to `points` alone; with 0 it may only ask."""
    row = AdjustmentLimit.objects.select_for_update().filter(role=role, currency=currency).first()
    before = row.points if row else None
    AdjustmentLimit.objects.update_or_create(
        role=role, currency=currency, defaults={"points": points}
    )
    audit.record(
        actor=actor,
        action="points.limit_set",
        target=f"role:{role}"[:120],
        reason=reason,
        before={"currency": currency, "points": before},
        after={"currency": currency, "points": points},
        now=now,
    )


@transaction.atomic
def save_reason(
    *, code: str, name_zh: str, name_en: str, in_use: bool, actor: str, reason: str, now: datetime
) -> None:
    """Add a reason to choose from, or change what it is called and whether it is in use."""
    row, _made = AdjustmentReason.objects.update_or_create(
        code=code, defaults={"name_zh": name_zh, "name_en": name_en, "in_use": in_use}
    )
    audit.record(
        actor=actor,
        action="points.reason_saved",
        target=f"adjustment_reason:{row.pk}",
        reason=reason,
        after={"code": code, "name_zh": name_zh, "name_en": name_en, "in_use": in_use},
        now=now,
    )
