"""What is kept of requests about a member's data."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from config.kernel import personal
from config.kernel.privacy import Erase, Grade, classify, impersonal
from members.services import exporting, leaving

_WHY = _("to do what the member asked for, and to prove that it was done")
_PROOF = _("three years after the membership")


def declare() -> None:
    """Classify these columns, and add what an erasure does besides columns."""
    _columns()
    personal.step("members.sessions", order=1, erase=leaving.end_sessions)
    personal.step("members.codes", order=5, erase=leaving.forget_codes)
    personal.step("members.exports", order=10, erase=exporting.drop_exports)
    personal.step("members.users", order=40, erase=leaving.close_users)


def _columns() -> None:
    model = "members.DataExport"
    impersonal(model, "id", "member_id", "user_id", "started_at", "done", "total", "tries")
    classify(
        model,
        *("state", "locale", "requested_at", "ready_at", "expires_at", "fetched_at"),
        *("rows", "size"),
        grade=Grade.LINKED,
        purpose=_WHY,
        retention=_PROOF,
        erase=Erase.KEEP,
    )
    classify(
        model,
        "file_name",
        grade=Grade.SECRET,
        purpose=_("to find the file, which is encrypted itself"),
        retention=_("seven days"),
        erase=Erase.CLEAR,
    )
    impersonal(
        "members.Erasure",
        *("id", "actor", "taken_at", "member_ids", "user_ids", "done", "problem"),
    )
    classify(
        "members.Erasure",
        *("member_id", "state", "requested_at", "due_at", "cancelled_at", "started_at"),
        "done_at",
        grade=Grade.LINKED,
        purpose=_WHY,
        retention=_PROOF,
        erase=Erase.KEEP,
    )
