"""Console: the search of the ledger, and its export, which a second person approves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from config.kernel import approvals, audit, clock, ids
from config.kernel.console import (
    Link,
    ReasonForm,
    Table,
    actor,
    ask,
    find_members,
    name_members,
    record_url,
    spread_key,
    when,
)
from config.kernel.errors import NotFoundError
from config.kernel.models import Approval
from members import selectors as members_selectors
from members.commerce import selectors as commerce_selectors
from members.programmes import selectors as programmes_selectors
from points import models, requests
from points.admin import showing
from points.admin.wording import currency_words, kind_words
from points.selectors.search import EntryFilter, Found, iter_entries, search_entries

_GOOD_FOR = timedelta(days=7)


class SearchForm(forms.Form):
    """What is known of the entries that are looked for."""

    member = forms.CharField(
        label=gettext_lazy("Member number, mem_ id, phone or e-mail"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    order = forms.CharField(
        label=gettext_lazy("Order number"), required=False, widget=UnfoldAdminTextInputWidget
    )
    entry = forms.CharField(
        label=gettext_lazy("Entry (ent_…)"), required=False, widget=UnfoldAdminTextInputWidget
    )
    source = forms.CharField(
        label=gettext_lazy("Source"), required=False, widget=UnfoldAdminTextInputWidget
    )
    key = forms.CharField(
        label=gettext_lazy("Idempotency key"), required=False, widget=UnfoldAdminTextInputWidget
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=lambda: [("", _("All")), *kind_words().items()],
        widget=UnfoldAdminSelectWidget,
    )
    rule = forms.CharField(
        label=gettext_lazy("Rule"), required=False, widget=UnfoldAdminTextInputWidget
    )
    least = forms.IntegerField(
        label=gettext_lazy("Points, at least"),
        required=False,
        min_value=-(10**15),
        max_value=10**15,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    most = forms.IntegerField(
        label=gettext_lazy("Points, at most"),
        required=False,
        min_value=-(10**15),
        max_value=10**15,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=gettext_lazy("Through"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )

    def clean_entry(self) -> ids.RowId | None:
        """Read the entry's id."""
        text = self.cleaned_data["entry"].strip()
        if not text:
            return None
        try:
            return ids.decode("ent", text)
        except NotFoundError:
            raise forms.ValidationError(_("This is no id of an entry.")) from None

    def clean_member(self) -> list[int] | None:
        """Find the member, with everyone merged into them."""
        text = self.cleaned_data["member"].strip()
        if not text:
            return None
        found = find_members(text)
        if not found:
            raise forms.ValidationError(_("No member is known by this."))
        return sorted({one for member in found for one in members_selectors.ids_of(member)})

    def clean_order(self) -> tuple[int, str] | None:
        """Find the order in every storefront; return its member and what it is called here."""
        number = self.cleaned_data["order"].strip()
        if not number:
            return None
        for programme in programmes_selectors.list_programmes():
            for shop in programmes_selectors.list_storefronts(programme.id):
                order = commerce_selectors.find_order(external_no=number, storefront_id=shop.id)
                if order is not None:
                    public = ids.encode("ord", member_id=order.member_id, row_id=order.id or 0)
                    return order.member_id, f"order:{public}"
        raise forms.ValidationError(_("No storefront has an order of this number."))

    def clean(self) -> dict[str, Any]:
        """Refuse ranges that hold nothing, and two answers to one question."""
        values = dict(super().clean() or {})
        for low, high in (("least", "most"), ("since", "until")):
            first, last = values.get(low), values.get(high)
            if first is not None and last is not None and first > last:
                self.add_error(high, _("The end lies before the beginning."))
        if values.get("order") and values.get("source"):
            self.add_error("source", _("Give the order or the source, not both."))
        return values

    def told(self) -> EntryFilter:
        """Return what was asked for."""
        values = self.cleaned_data
        members = None if values["member"] is None else tuple(values["member"])
        source, entry = values["source"].strip() or None, values["entry"]
        if values["order"] is not None:
            member, source = values["order"]
            members = (member,) if members is None or member in members else ()
        if entry is not None:
            members = (entry.member_id,) if members is None or entry.member_id in members else ()
        return EntryFilter(
            member_ids=members,
            entry_id=entry.row_id if entry is not None else None,
            source=source,
            key=values["key"].strip() or None,
            kind=values["kind"] or None,
            rule=values["rule"].strip() or None,
            least=values["least"],
            most=values["most"],
            since=_midnight(values["since"]),
            until=_midnight(values["until"], days=1),
        )


def search(screen: Any, request: HttpRequest) -> HttpResponse:
    """Show the form and a page of what it finds."""
    asked = any(request.GET.get(name) for name in SearchForm.base_fields)
    form = SearchForm(request.GET if asked else None)
    before = request.GET.get("before", "")
    found: Found | None = None
    if asked and form.is_valid():
        place = int(before) if before.isdecimal() and len(before) < 19 else None
        found = search_entries(told=form.told(), before=place)
    fields = {k: v for k, v in request.GET.items() if k in SearchForm.base_fields and v}
    values = {
        **screen.admin_site.each_context(request),
        "opts": screen.model._meta,
        "title": _("Search the ledger"),
        "form": form,
        "found": found,
        "tables": [_table(found)] if found is not None else [],
        "more": f"?{urlencode({**fields, 'before': found.before})}"
        if found is not None and found.before
        else "",
        "first": f"?{urlencode(fields)}" if before else "",
        "export": f"{reverse('admin:points_entry_export')}?{urlencode(fields)}" if found else "",
    }
    return render(request, "admin/points/search.html", values)


def _table(found: Found) -> Table:
    members = name_members([entry.member_id for entry in found.entries])
    accounts = models.Account.objects.filter(
        member_id__in={e.member_id for e in found.entries},
        id__in={e.account_id for e in found.entries},
    )
    currencies = dict(accounts.values_list("id", "currency"))
    kinds, words = kind_words(), currency_words()
    rows: list[list[object]] = []
    for entry in found.entries:
        number, url = members.get(entry.member_id, (str(entry.member_id), ""))
        currency = currencies.get(entry.account_id, "")
        rows.append(
            [
                Link(when(entry.occurred_at), record_url(models.Entry, spread_key(entry))),
                Link(number, url) if url else number,
                words.get(currency, currency),
                kinds.get(entry.kind, entry.kind),
                f"{entry.points:+,}" if entry.points else "0",
                "–" if entry.balance_after is None else f"{entry.balance_after:,}",
                entry.source,
                entry.rule or "–",
                entry.reason or "–",
            ]
        )
    return Table(
        title=_("Entries"),
        headers=[
            _("When"),
            _("Member"),
            _("Currency"),
            _("Kind"),
            _("Points"),
            _("Balance"),
            _("Source"),
            _("Rule"),
            _("Reason"),
        ],
        rows=rows,
        empty=_("Nothing so far.") if found.partial else _("Nothing fits."),
        note=_("Looked through a part of the ledger; go on further back.") if found.partial else "",
    )


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


def _midnight(day: Any, *, days: int = 0) -> datetime | None:
    if day is None:
        return None
    local = datetime.combine(day + timedelta(days=days), time.min)
    return timezone.make_aware(local, timezone.get_current_timezone())
