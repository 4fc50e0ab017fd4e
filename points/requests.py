"""What corrections above the limit tell the second person, and what happens when they agree."""

from __future__ import annotations

from collections.abc import Mapping
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

Payload = Mapping[str, Any]
PERMISSION = "points.approve_correction"


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
