"""What leads to a member."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from config.kernel.privacy import Erase, Grade, classify, impersonal
from members.privacy.reasons import MEMBERSHIP, REACH


def _reach() -> None:
    impersonal("members.MemberKey", "id", "programme_id", "kind", "member_id")
    classify(
        "members.MemberKey",
        "blind",
        grade=Grade.DIRECT,
        purpose=_("to find the member; a keyed hash"),
        retention=MEMBERSHIP,
        erase=Erase.DELETE_ROW,
        exported=False,
    )
    for model, direct in (("ContactPoint", "value"), ("Identity", "external_id")):
        name = f"members.{model}"
        impersonal(name, "id", "member_id", "recorded_at")
        classify(
            name,
            direct,
            grade=Grade.DIRECT,
            purpose=REACH,
            retention=MEMBERSHIP,
            erase=Erase.DELETE_ROW,
        )
    impersonal("members.ContactPoint", "kind", "verified_at")
    impersonal("members.Identity", "channel")


def declare() -> None:
    """Classify these columns."""
    _reach()
