"""What corrections above the limit tell the second person, and what happens when they agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import approvals, clock
from config.kernel.approvals import Change, Summary, Touch
from config.kernel.console import name_members
from config.kernel.errors import DomainError
from points import services
from points.selectors import corrections
from points.selectors.liability import last_entry

Payload = Mapping[str, Any]
PERMISSION = "points.approve_correction"
EXPORT, EXPORT_PERMISSION = "points.export_entries", "points.approve_export"


def register() -> None:
    """Register both kinds."""
    approvals.kind(
        services.ADJUST,
        title=gettext_lazy("Correction of points"),
        permission=PERMISSION,
        summary=_summarize,
        basis=_last_correction,
        headline=lambda payload: f"{payload['points']:+,}",
    )(services.grant_approved)
    approvals.kind(
        services.REVERSE,
        title=gettext_lazy("Reversal of a ledger entry"),
        permission=PERMISSION,
        summary=_summarize,
        basis=_reversed_so_far,
        headline=lambda payload: f"{payload['points']:,}",
    )(services.grant_approved)
    register_export()


def register_export() -> None:
    """Register the export of ledger entries."""
    approvals.kind(
        EXPORT,
        title=gettext_lazy("Export of ledger entries"),
        permission=EXPORT_PERMISSION,
        summary=_summarize_export,
        headline=lambda payload: ", ".join(sorted(payload["filter"])) or "*",
    )(_grant_export)


def _grant_export(*, approval: approvals.Approval, now: datetime) -> dict[str, Any]:
    # What is written from here on was not part of what has been approved.
    link = reverse("admin:points_entry_file", args=[approval.pk])
    return {"before": last_entry() + 1, "link": link}


def _summarize_export(payload: Payload) -> Summary:
    told = payload["filter"]
    members = told.get("member_ids")
    touched = [Touch(text=f"{name}: {told[name]}") for name in sorted(told) if name != "member_ids"]
    if members is not None:
        touched += [
            Touch(text=_("Member %(member)s") % {"member": number}, url=url)
            for number, url in name_members(members[:20]).values()
        ]
    whole = _("Hand out ledger entries as a file to whoever asks, for 7 days.")
    return Summary(what=whole, touches=touched or [Touch(text=_("The whole ledger"))])


def _last_correction(payload: Payload) -> dict[str, Any]:
    # Purchases and spends meanwhile do not matter; another hand's correction does: the
    # same mistake may have been mended twice.
    last = corrections.last_correction(
        member_id=payload["member_id"],
        programme_id=payload["programme_id"],
        currency=payload["currency"],
    )
    return {"last_correction": last}


def _reversed_so_far(payload: Payload) -> dict[str, Any]:
    done = corrections.sum_reversed(member_id=payload["member_id"], entry_id=payload["entry_id"])
    return {"reversed": done}


def _summarize(payload: Payload) -> Summary:
    member_id = payload["member_id"]
    number, url = name_members([member_id]).get(member_id, (str(member_id), ""))
    touches = [Touch(text=_("Member %(member)s") % {"member": number}, url=url)]
    said = _("Give %(points)s points to member %(member)s.")
    if payload["entry_id"] is not None:
        said = _("Reverse %(points)s points of an entry of member %(member)s.")
        address = reverse("admin:points_entry_change", args=[f"{member_id}-{payload['entry_id']}"])
        touches.append(Touch(text=_("The entry to reverse"), url=address))
    elif payload["points"] < 0:
        said = _("Take %(points)s points from member %(member)s.")
    what = said % {"points": f"{abs(payload['points']):,}", "member": number}
    return Summary(what=what, touches=touches, changes=_changes(payload))


def _changes(payload: Payload) -> list[Change]:
    """Let the ledger rehearse it: what it would refuse now has no figures after it."""
    try:
        found = services.rehearse_payload(payload=payload, now=clock.now())
    except DomainError as error:
        return [Change(label=_("Would be refused now"), before="–", after=_(error.title))]
    return [
        Change(label=label, before=f"{before:,}", after=f"{after:,}")
        for label, before, after in (
            (_("Available"), found.before.available, found.after.available),
            (_("Pending"), found.before.pending, found.after.pending),
            (_("Set aside"), found.before.held, found.after.held),
            (_("Owed"), found.before.debt, found.after.debt),
        )
        if before or after
    ]
