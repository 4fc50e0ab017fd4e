"""Money that the member holds: stored value and red packets, with what ends when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config.pages import entries, formats, purse
from config.pages.addresses import place as row_before
from config.pages.visitors import Visitor, member_page
from config.pages.wording import EntryLine
from points import selectors as points_selectors
from points.types import CurrencyDefinition, CurrencyKind, Kind

PAGE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The movements of one local month."""

    month: date
    lines: list[EntryLine]


@require_safe
@member_page
def balances(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List what the member holds in money, in each of its kinds."""
    rows = [_row(visitor, definition) for definition in _money(visitor)]
    return render(request, "pages/mine/balances.html", {"rows": rows})


@require_safe
@member_page
def balance(request: HttpRequest, visitor: Visitor, currency: str) -> HttpResponse:
    """Show one kind of money: how much, what ends when, and its movements by month."""
    definition = next((d for d in _money(visitor) if d.code == currency), None)
    if definition is None:
        raise Http404
    before = row_before(request.GET.get("before"))
    page = points_selectors.list_entries(
        member_ids=visitor.member_ids,
        programme_id=visitor.programme.id,
        currency=currency,
        before=before,
        limit=PAGE,
    )
    titles = _titles()
    lines = [
        replace(line, title=titles.get(line.kind, line.title))
        for line in entries.as_lines(
            page.entries, member_ids=visitor.member_ids, programme_id=visitor.programme.id
        )
    ]
    wallet = points_selectors.get_wallet(
        member_id=visitor.member.id,
        programme_id=visitor.programme.id,
        currency=currency,
        now=visitor.now,
    )
    here = reverse("mine:balance", args=[currency])
    values = {
        "name": definition.name(get_language() or ""),
        "money": visitor.programme.currency,
        "available": wallet.balance.available,
        "held": wallet.balance.held,
        "endings": purse.by_month(wallet.balance.expiring),
        "months": [
            Month(month=month, lines=list(found))
            for month, found in groupby(lines, key=lambda line: line.month)
        ],
        "newest": here if before else "",
        "older": f"{here}?{urlencode({'before': page.next_before})}" if page.next_before else "",
    }
    return render(request, "pages/mine/balance.html", values)


def _titles() -> dict[str, str]:
    """Return what movements are called where money moves, and not points."""
    return {
        Kind.EARN: pgettext("money", "Added"),
        Kind.SPEND: pgettext("money", "Paid"),
        Kind.RETURN: pgettext("money", "Paid back"),
    }


def _money(visitor: Visitor) -> list[CurrencyDefinition]:
    known = points_selectors.list_currencies(programme_id=visitor.programme.id)
    return [d for d in known if d.kind is CurrencyKind.MONEY and d.shown]


def _row(visitor: Visitor, definition: CurrencyDefinition) -> dict[str, object]:
    wallet = points_selectors.get_wallet(
        member_id=visitor.member.id,
        programme_id=visitor.programme.id,
        currency=definition.code,
        now=visitor.now,
    )
    currency = visitor.programme.currency
    words = _("Does not expire.") if wallet.balance.available else _("Nothing in it yet.")
    if wallet.balance.expiring:
        first = wallet.balance.expiring[0]
        words = _("%(amount)s good until the end of %(day)s") % {
            "amount": formats.money(amount=first.points, currency=currency),
            "day": formats.last_day(first.at),
        }
    return {
        "code": definition.code,
        "title": definition.name(get_language() or ""),
        "words": words,
        "value": formats.money(amount=wallet.balance.available, currency=currency),
    }
