"""Console: the export of what a search of the ledger finds, which a second person approves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from config.kernel import approvals, audit, clock, ids
from config.kernel.console import ReasonForm, actor, ask, name_members
from config.kernel.models import Approval
from points import models, requests
from points.admin import showing
from points.admin.searchform import SearchForm
from points.admin.searching import search
from points.selectors.search import EntryFilter, iter_entries

_GOOD_FOR = timedelta(days=7)


def export(screen: Any, request: HttpRequest) -> HttpResponse:
    """Ask a second person for the file of what a search finds."""
    searched = SearchForm(request.GET)
    if not searched.is_valid():
        return search(screen, request)
    told = searched.told()

    def act(values: dict[str, Any]) -> str:
        approvals.request(
            kind=requests.EXPORT,
            payload={"filter": told.payload()},
            requested_by=actor(request),
            reason=values["reason"],
            now=clock.now(),
        )
        return _("A second person decides. The file is then behind the request for 7 days.")

    return ask(
        screen,
        request,
        title=_("Export what was found"),
        form_class=ReasonForm,
        act=act,
        done=reverse("admin:kernel_approval_changelist"),
        explain=_("The file names members by number, and says who took it and who agreed."),
    )


def download(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Hand an approved file to whoever asked for it, within its days."""
    now = clock.now()
    asked = Approval.objects.filter(pk=approval_id, kind=requests.EXPORT).first()
    if (
        asked is None
        or asked.state != Approval.State.APPROVED
        or asked.requested_by != actor(request)
        or asked.decided_at is None
        or asked.decided_at + _GOOD_FOR <= now
    ):
        raise PermissionDenied
    audit.record(
        actor=actor(request),
        action="points.entries_exported",
        target=f"approval:{asked.pk}",
        reason=asked.reason,
        now=now,
    )
    result = asked.result or {}
    rows = _file(asked, before=int(result["before"]), now=now)
    return showing.as_csv(rows, name=f"ledger-{asked.pk}", streamed=True)


def _file(asked: Approval, *, before: int, now: datetime) -> Iterator[list[object]]:
    yield ["taken by", asked.requested_by, "approved by", asked.decided_by or "", now.isoformat()]
    yield ["entry", "member", "kind", "points", "balance_after", "source", "rule", "reason",
           "actor", "occurred_at", "recorded_at"]  # fmt: skip
    told = EntryFilter.of(asked.payload["filter"])
    batch: list[models.Entry] = []
    for entry in iter_entries(told=told, before=before):
        batch.append(entry)
        if len(batch) == 1000:
            yield from _lines(batch)
            batch = []
    yield from _lines(batch)


def _lines(batch: list[models.Entry]) -> Iterator[list[object]]:
    members = name_members([entry.member_id for entry in batch])
    for e in batch:
        number = members.get(e.member_id, (str(e.member_id),))[0]
        yield [
            ids.encode("ent", member_id=e.member_id, row_id=e.pk),
            number,
            e.kind,
            e.points,
            "" if e.balance_after is None else e.balance_after,
            e.source,
            e.rule,
            e.reason,
            e.actor,
            e.occurred_at.isoformat(),
            e.recorded_at.isoformat(),
        ]
