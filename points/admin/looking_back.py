"""Console: what a member had at any instant, replayed from the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from config.kernel import clock
from config.kernel.console import Table, name_members, when
from members import selectors as members_selectors
from points import models, selectors
from points.admin.wording import currency_words

_INSTANT = timedelta(microseconds=1)


class InstantForm(forms.Form):
    """Which instant."""

    at = forms.DateTimeField(
        label=gettext_lazy("As of"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        help_text=gettext_lazy(
            "Later than now shows what will be left if nothing but time passes."
        ),
    )

    def clean_at(self) -> datetime:
        """Refuse times that no ledger knows."""
        at: datetime = self.cleaned_data["at"]
        if not 1990 <= at.year <= 2200:
            raise forms.ValidationError(_("Choose a year between 1990 and 2200."))
        return at


def show(screen: Any, request: HttpRequest, member_id: int) -> HttpResponse:
    """Show the form and the balances at its instant."""
    now = clock.now()
    member = members_selectors.get_member(member_id=member_id)
    local = timezone.localtime(now)
    form = InstantForm(request.GET if "at" in request.GET else None, initial={"at": _typed(local)})
    at = form.cleaned_data["at"] if form.is_bound and form.is_valid() else now
    tables = [] if form.errors else _tables(member_id, member.programme_id, at=at, now=now)
    number = name_members([member_id]).get(member_id, (str(member_id),))[0]
    values = {
        **screen.admin_site.each_context(request),
        "opts": screen.model._meta,
        "title": _("What member %(member)s had") % {"member": number},
        "form": form,
        "tables": tables,
        "back": reverse("admin:members_member_change", args=[member_id]),
    }
    return render(request, "admin/points/as_of.html", values)


def _last_day(end: datetime) -> str:
    # What ends at midnight is good through the day before.
    return str(date_format(timezone.localtime(end - _INSTANT), "DATE_FORMAT"))


def _typed(local: datetime) -> str:
    return local.strftime("%Y-%m-%dT%H:%M")


def _tables(member_id: int, programme_id: int, *, at: datetime, now: datetime) -> list[Table]:
    words = currency_words()
    codes = models.Account.objects.filter(member_id=member_id, programme_id=programme_id)
    found = {
        code: selectors.get_balance(
            member_id=member_id, programme_id=programme_id, currency=code, at=at, now=now
        )
        for code in sorted(codes.values_list("currency", flat=True), reverse=True)
    }
    names = ("available", "pending", "held", "debt", "lifetime_earned", "lifetime_spent",
             "lifetime_expired")  # fmt: skip
    headers = [
        _("Currency"),
        _("Available"),
        _("Pending"),
        _("Set aside"),
        _("Owed"),
        _("Earned in all"),
        _("Spent in all"),
        _("Expired in all"),
    ]
    return [
        Table(
            title=_("As of %(time)s") % {"time": when(at)},
            headers=headers,
            rows=[
                [words.get(code, code), *(f"{getattr(balance, name):,}" for name in names)]
                for code, balance in found.items()
            ],
            empty=_("This member has no account."),
        ),
        Table(
            title=_("What was to expire then"),
            headers=[_("Currency"), _("Good through"), _("Points")],
            rows=[
                [words.get(code, code), _last_day(part.at), f"{part.points:,}"]
                for code, balance in found.items()
                for part in balance.expiring
            ],
        ),
    ]
