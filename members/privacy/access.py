"""What is kept of the staff's looks at members."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from config.kernel.privacy import Erase, Grade, classify, impersonal

_WHY = _("to show who of the staff looked at the member, and why")
_KEPT = _("three years")


def declare() -> None:
    """Classify these columns."""
    impersonal("members.AccessRecord", "id", "member_id", "user_id")
    classify(
        "members.AccessRecord",
        "page",
        "fields",
        "recorded_at",
        grade=Grade.LINKED,
        purpose=_WHY,
        retention=_KEPT,
        erase=Erase.KEEP,
    )
    # Staff write why in their own words, which are not the member's to take along.
    classify(
        "members.AccessRecord",
        "reason",
        grade=Grade.LINKED,
        purpose=_WHY,
        retention=_KEPT,
        erase=Erase.KEEP,
        exported=False,
    )
    impersonal("members.DataGrant", "id", "user_id", "approval_id", "reason")
    impersonal("members.DataGrant", "starts_at", "ends_at")
    impersonal("members.ExportRun", "id", "kind", "filter", "user_id", "reason", "approval_id")
    impersonal("members.ExportRun", "state", "in_clear", "rows", "written", "file_name")
    impersonal("members.ExportRun", "downloads", "asked_at", "seen_at", "done_at", "expires_at")
