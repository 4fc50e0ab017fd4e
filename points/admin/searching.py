"""Console: the search of the ledger."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from config.kernel import numerals
from config.kernel.console import Link, Table, name_members, record_url, spread_key, when
from points import models
from points.admin.searchform import SearchForm
from points.admin.wording import currency_words, kind_words
from points.selectors.search import Found, search_entries


def search(screen: Any, request: HttpRequest) -> HttpResponse:
    """Show the form and a page of what it finds."""
    asked = any(request.GET.get(name) for name in SearchForm.base_fields)
    form = SearchForm(request.GET if asked else None)
    before = request.GET.get("before", "")
    found: Found | None = None
    if asked and form.is_valid():
        found = search_entries(told=form.told(), before=numerals.read(before))
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
