"""What personal data asked for tells the second person, and what happens when they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.kernel import approvals, roles
from config.kernel.approvals import Change, Summary, Touch
from config.kernel.console import name_actors
from members.services import bulk_exporting, granting, staffing

Payload = Mapping[str, Any]
APPROVE_EXPORT = "members.approve_bulk_export"
APPROVE_FULL_DATA = "members.approve_full_data"
APPROVE_ROLES = "members.approve_roles"


def register() -> None:
    """Register the kinds."""
    approvals.kind(
        granting.FULL_DATA,
        title=gettext_lazy("Personal data in clear"),
        permission=APPROVE_FULL_DATA,
        summary=_summarize_full_data,
        headline=lambda payload: _hours(payload["hours"]),
    )(granting.grant_approved)
    approvals.kind(
        bulk_exporting.EXPORT,
        title=gettext_lazy("Bulk export"),
        permission=APPROVE_EXPORT,
        summary=_summarize_export,
        headline=lambda payload: _kind(payload["kind"]),
    )(bulk_exporting.grant_export)
    bulk_exporting.offer_members(gettext_lazy("Members"))
    approvals.kind(
        staffing.ROLES,
        title=gettext_lazy("Roles of staff"),
        permission=APPROVE_ROLES,
        summary=_summarize_roles,
        basis=staffing.read_roles,
        headline=lambda payload: _staff(payload["user_id"]),
    )(staffing.grant_roles)
    approvals.kind(
        staffing.RESET,
        title=gettext_lazy("Reset of a second proof"),
        permission=APPROVE_ROLES,
        summary=_summarize_reset,
        headline=lambda payload: _staff(payload["user_id"]),
    )(staffing.grant_reset)


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


def _staff(user_id: int) -> str:
    who = f"staff:{user_id}"
    return name_actors([who]).get(who, who)


def _titles(codes: Sequence[str]) -> str:
    titles = roles.titles()
    return ", ".join(titles.get(code, code) for code in codes) or "–"


def _summarize_roles(payload: Payload) -> Summary:
    present = staffing.read_roles(payload)
    said = _("Give %(name)s these roles: %(roles)s.") % {
        "name": _staff(payload["user_id"]),
        "roles": _titles(payload["roles"]),
    }
    return Summary(
        what=said,
        touches=[Touch(text=_staff(payload["user_id"]))],
        changes=[
            Change(
                label=_("Roles"),
                before=_titles(present["roles"]),
                after=_titles(payload["roles"]),
            ),
            Change(
                label=_("Stores they serve"),
                before=len(present["stores"]),
                after=len(payload["stores"]),
            ),
        ],
    )


def _summarize_reset(payload: Payload) -> Summary:
    said = _("Take the second proof of %(name)s away; they bind a new one at the next sign-in.")
    return Summary(what=said % {"name": _staff(payload["user_id"])})


def _kind(code: str) -> str:
    found = {kind.code: str(kind.title) for kind in bulk_exporting.list_export_kinds()}
    return found.get(code, code)


def _summarize_export(payload: Payload) -> Summary:
    told = {"kind": _kind(payload["kind"])}
    said = _("Hand out a file of more than 100 rows to whoever asks: %(kind)s, masked.") % told
    if payload["in_clear"]:
        said = _("Hand out a file of more than 100 rows: %(kind)s, with data in clear.") % told
    url = reverse("admin:members_exportrun_change", args=[payload["export"]])
    return Summary(what=said, touches=[Touch(text=_("The export"), url=url)])
