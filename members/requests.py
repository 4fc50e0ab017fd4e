"""What personal data asked for tells the second person, and what happens when they agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.kernel import approvals
from config.kernel.approvals import Summary, Touch
from config.kernel.console import name_actors
from members.services import granting

Payload = Mapping[str, Any]
APPROVE_FULL_DATA = "members.approve_full_data"


def register() -> None:
    """Register the kinds."""
    approvals.kind(
        granting.FULL_DATA,
        title=gettext_lazy("Personal data in clear"),
        permission=APPROVE_FULL_DATA,
        summary=_summarize_full_data,
        headline=lambda payload: _hours(payload["hours"]),
    )(granting.grant_approved)


def _hours(hours: int) -> str:
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


def _summarize_full_data(payload: Payload) -> Summary:
    who = f"staff:{payload['user_id']}"
    said = _("%(name)s sees names, phone numbers and e-mail addresses unmasked for %(time)s.") % {
        "name": name_actors([who]).get(who, who),
        "time": _hours(payload["hours"]),
    }
    return Summary(
        what=said,
        touches=[
            Touch(text=_("It begins with your decision and ends by itself.")),
            Touch(text=_("Every member looked at meanwhile is in the access log.")),
        ],
    )
