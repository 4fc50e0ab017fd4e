"""What the console says of requests for approval: states, acts, and what a change will do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from config.kernel import approvals
from config.kernel.approvals.registry import Kind, Summary
from config.kernel.console import Link, Table
from config.kernel.models import Approval

State = Approval.State


def state_words() -> dict[str, str]:
    """Return what can become of a request."""
    return {
        State.WAITING: _("Waiting"),
        State.APPROVED: _("Approved"),
        State.REFUSED: _("Refused"),
        State.WITHDRAWN: _("Withdrawn"),
        State.EXPIRED: _("Past its time"),
        State.STALE: _("Out of date"),
    }


def act_words() -> dict[str, str]:
    """Return what the audit trail says of a request."""
    return {
        "approval.requested": _("Asked for"),
        "approval.approved": _("Approved"),
        "approval.refused": _("Refused"),
        "approval.withdrawn": _("Withdrawn"),
        "approval.expired": _("Past its time"),
        "approval.stale": _("Out of date: nothing was done"),
        "approval.failed": _("Could not be made: nothing was done"),
    }


def summary_of(approval: Approval) -> Summary:
    kind: Kind | None = approvals.find(approval.kind)
    return kind.summary(approval.payload) if kind else Summary(what=approval.kind)


def in_words(summary: Summary) -> str:
    """Return what it will do and what will change, in one paragraph."""
    changes = [f"{c.label}: {c.before} → {c.after}" for c in summary.changes]
    return " · ".join([summary.what, *changes])


def touched(approval: Approval) -> list[Table]:
    summary = summary_of(approval)
    return [
        Table(
            title=_("What it will touch"),
            headers=[_("What")],
            rows=[[Link(t.text, t.url) if t.url else t.text] for t in summary.touches],
        ),
        Table(
            title=_("Before and after"),
            headers=[_("Figure"), _("Before"), _("After")],
            rows=[[c.label, c.before, c.after] for c in summary.changes],
        ),
    ]
