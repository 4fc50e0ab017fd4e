"""What a merge above the limit tells the second person, and what happens when they agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import approvals, clock
from config.kernel.approvals import Approval, Change, Summary, Touch
from config.kernel.console import name_members
from members import services, wording
from members.models import Member, MergeCase

Payload = Mapping[str, Any]
PERMISSION = "members.approve_merge"


def register() -> None:
    """Register the kind."""
    approvals.kind(
        services.MERGE,
        title=gettext_lazy("Merge of two members"),
        permission=PERMISSION,
        summary=_summarize,
        basis=_both_as_they_are,
        headline=lambda payload: f"#{payload['case_id']}",
    )(_merge)


def _merge(*, approval: Approval, now: datetime) -> dict[str, Any]:
    case_id = approval.payload["case_id"]
    services.merge(case_id=case_id, actor=approval.requested_by, reason=approval.reason, now=now)
    return {"link": reverse("admin:members_mergecase_change", args=[case_id])}


def _both_as_they_are(payload: Payload) -> dict[str, Any]:
    case = MergeCase.objects.get(pk=payload["case_id"])
    rows = Member.objects.filter(pk__in=[case.survivor_id, case.duplicate_id])
    return {str(row.pk): [row.status, row.survivor_id] for row in rows.order_by("pk")}


def _summarize(payload: Payload) -> Summary:
    case = MergeCase.objects.get(pk=payload["case_id"])
    names = name_members([case.survivor_id, case.duplicate_id])
    stays, goes = (
        names.get(member, (str(member), "")) for member in (case.survivor_id, case.duplicate_id)
    )
    what = _("Merge member %(duplicate)s into member %(survivor)s.") % {
        "duplicate": goes[0],
        "survivor": stays[0],
    }
    touches = [
        Touch(
            text=_("The merge case, side by side"),
            url=reverse("admin:members_mergecase_change", args=[case.pk]),
        ),
        *(Touch(text=_("Member %(member)s") % {"member": n}, url=url) for n, url in (stays, goes)),
    ]
    changes = [
        Change(
            label=wording.merge_line(line), before=line.survivor or "–", after=line.result or "–"
        )
        for line in services.list_merge_lines(case_id=case.pk, now=clock.now())
        if line.survivor != line.result
    ]
    return Summary(what=what, touches=touches, changes=changes)
