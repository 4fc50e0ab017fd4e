"""Who a member is for certain."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from config.kernel.privacy import Erase, Grade, classify, impersonal
from members.privacy.reasons import MEMBERSHIP


def _real_names() -> None:
    model = "members.RealName"
    impersonal(model, "id", "member_id", "provider", "is_asked", "verified_at")
    classify(
        model,
        "name",
        "id_number",
        grade=Grade.DIRECT,
        purpose=_("to know for certain who the member is"),
        retention=MEMBERSHIP,
        erase=Erase.DELETE_ROW,
    )


def declare() -> None:
    """Classify these columns."""
    _real_names()
