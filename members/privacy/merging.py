"""Merge cases: who became who, and what it takes to undo it."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from config.kernel import personal
from config.kernel.privacy import Erase, Grade, classify, impersonal
from members.privacy.reasons import MEMBERSHIP


def _cases() -> None:
    model = "members.MergeCase"
    personal.leads(model, member=("survivor_id", "duplicate_id"))
    impersonal(model, "id", "programme_id", "state", "found", "approval_id", "undo_until")
    impersonal(model, "opened_by", "opened_at", "decided_by", "decided_at", "undone_by")
    impersonal(model, "undone_at")
    classify(
        model,
        "survivor_id",
        "duplicate_id",
        "reason",
        "decision",
        "undo_reason",
        grade=Grade.LINKED,
        purpose=_("to know which accounts became one, and why"),
        retention=_("as long as the books are kept"),
        erase=Erase.KEEP,
    )
    classify(
        model,
        "preview",
        "report",
        "kept",
        grade=Grade.DIRECT,
        purpose=_("to tell line by line what a merge did, and to undo it"),
        retention=MEMBERSHIP,
        erase=Erase.CLEAR,
        exported=False,
    )


def declare() -> None:
    """Classify these columns."""
    _cases()
