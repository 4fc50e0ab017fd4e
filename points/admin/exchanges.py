"""Console: exchange rates with their versions, what brands owe each other, single exchanges."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action as unfold_action
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldBooleanSwitchWidget,
)

from config.kernel import clock, words
from config.kernel.console import (
    Link,
    ReadOnlyAdmin,
    ReasonForm,
    SpreadAdmin,
    Table,
    action,
    actor,
    ask,
    found_or_404,
    record_url,
    spread_key,
    when,
    word,
)
from config.kernel.money import minor_digits
from members.programmes import selectors as programmes
from points import models, rates, selectors, services
from points.admin.wording import currency_words, rounding_words
from points.types import Purse, Rate, Rounding, SettlementDay

words.call(models.ExchangeRate, gettext_lazy("exchange rate"), gettext_lazy("exchange rates"))
words.call(models.Exchange, gettext_lazy("exchange"), gettext_lazy("exchanges"))

_DAYS = 62
_SHOWN = (100, 1_000, 10_000)


def purse_choices() -> list[tuple[str, str]]:
    """Return every currency of every programme that can be given."""
    return [
        (f"{programme.id}:{currency.code}", _purse_name(programme.code, currency.code))
        for programme in programmes.list_programmes()
        for currency in selectors.list_currencies(programme_id=programme.id)
        if currency.spendable
    ]


def _purse_name(programme: str, currency: str) -> str:
    return f"{programme} · {currency_words().get(currency, currency)}"


def _purse(text: str) -> Purse:
    programme, _colon, currency = text.partition(":")
    return Purse(programme_id=int(programme), currency=currency)


def _number(label: Any, *, least: int = 0, required: bool = True, hint: Any = "") -> Any:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=10**12,
        required=required,
        help_text=hint,
        widget=UnfoldAdminIntegerFieldWidget,
    )


class RateForm(ReasonForm):
    """The next version of a rate."""

    source = forms.ChoiceField(
        label=gettext_lazy("Members give"), choices=purse_choices, widget=UnfoldAdminSelectWidget
    )
    target = forms.ChoiceField(
        label=gettext_lazy("They receive"), choices=purse_choices, widget=UnfoldAdminSelectWidget
    )
    begins_at = forms.SplitDateTimeField(
        label=gettext_lazy("Holds from"),
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text=gettext_lazy("Empty: from now on."),
    )
    per = _number(gettext_lazy("So many points given"), least=1)
    gives = _number(gettext_lazy("Bring so many"), least=1)
    rounding = forms.ChoiceField(
        label=gettext_lazy("Rounding"),
        choices=lambda: list(rounding_words().items()),
        widget=UnfoldAdminSelectWidget,
    )
    fee_permille = _number(
        gettext_lazy("Fee, per mille of what is given"),
        hint=gettext_lazy("Rounded up; it goes off before the rate is applied."),
    )
    fee_fixed = _number(gettext_lazy("Fee besides, points"))
    minimum = _number(gettext_lazy("At least"), least=1)
    step = _number(gettext_lazy("In steps of"), least=1)
    member_limit = _number(
        gettext_lazy("A member, a day"),
        least=1,
        required=False,
        hint=gettext_lazy("Points given; empty: no limit."),
    )
    pair_limit = _number(gettext_lazy("Everyone, a day"), least=1, required=False)
    carries_expiry = forms.BooleanField(
        label=gettext_lazy("Earlier ends are kept"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy("Else every point received is valid as a new one is."),
    )
    price = _number(
        gettext_lazy("Settlement price of 1,000 points received"),
        hint=gettext_lazy("In minor units of the receiving programme's money."),
    )
    closed = forms.BooleanField(
        label=gettext_lazy("No exchange from then on"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )


_TERMS = (
    "per", "gives", "rounding", "fee_permille", "fee_fixed", "minimum", "step", "member_limit",
    "pair_limit", "carries_expiry", "price",
)  # fmt: skip


def _rate(values: dict[str, Any], now: datetime) -> Rate:
    terms = {name: values[name] for name in _TERMS}
    return Rate(
        id=0,
        version=0,
        source=_purse(values["source"]),
        target=_purse(values["target"]),
        begins_at=values.get("begins_at") or now,
        closed=bool(values.get("closed")),
        **terms | {"rounding": Rounding(terms["rounding"])},
    )


def _brings(values: dict[str, Any]) -> Sequence[Table]:
    rate = _rate(values, clock.now())
    quotes = [rate.quote(points) for points in _SHOWN]
    return [
        Table(
            title=_("What it brings"),
            headers=[_("Given"), _("Fee"), _("Brought in")],
            rows=[[f"{q.given:,}", f"{q.fee:,}", f"{q.received:,}"] for q in quotes],
        )
    ]


@admin.register(models.ExchangeRate)
class ExchangeRateAdmin(ReadOnlyAdmin):
    """Rates, newest first; a rate's page shows what the two brands owe each other."""

    list_display = ("pair", "version", "shown_rate", "begins_at", "closed", "actor")
    ordering = ("-id",)
    fields = (
        "pair", "version", "begins_at", "closed", "shown_rate", "shown_rounding", "fee_permille",
        "fee_fixed", "minimum", "step", "member_limit", "pair_limit", "carries_expiry", "price",
        "actor", "reason", "made_at",
    )  # fmt: skip
    readonly_fields = fields
    shown_rounding = word("rounding", rounding_words, title=gettext_lazy("rounding"))
    actions_list = ("add_rate",)
    actions_detail = ("next_version", "statement")

    def has_add_rate_permission(self, request: HttpRequest) -> bool:
        return self.has_operate_permission(request)

    @admin.display(description=gettext_lazy("exchange"))
    def pair(self, obj: models.ExchangeRate) -> str:
        return " → ".join(_name(purse) for purse in _ends(obj))

    @admin.display(description=gettext_lazy("rate"))
    def shown_rate(self, obj: models.ExchangeRate) -> str:
        return f"{obj.per:,} : {obj.gives:,}"

    @unfold_action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("New rate"), url_path="new", icon="add", permissions=["add_rate"]
    )
    def add_rate(self, request: HttpRequest) -> HttpResponse:
        opened = {"rounding": "down", "minimum": 1, "step": 1, "fee_permille": 0, "fee_fixed": 0}
        opened |= {"carries_expiry": True, "price": 0}
        return self._form(request, _("New rate"), opened)

    @action(title=gettext_lazy("Next version"), path="next", icon="edit")
    def next_version(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = found_or_404(self, request, object_id)
        source, target = _ends(row)
        opened = {name: getattr(row, name) for name in _TERMS}
        opened |= {"source": _code(source), "target": _code(target)}
        return self._form(request, _("Next version"), opened)

    def _form(self, request: HttpRequest, title: str, opened: dict[str, Any]) -> HttpResponse:
        def act(values: dict[str, Any]) -> str:
            now = clock.now()
            made = services.publish_rate(
                rate=_rate(values, now), actor=actor(request), reason=values["reason"], now=now
            )
            return _("Version %(version)s is published.") % {"version": made.version}

        return ask(
            self,
            request,
            title=title,
            form_class=RateForm,
            initial=opened,
            act=act,
            preview=_brings,
            done=reverse("admin:points_exchangerate_changelist"),
        )

    @action(title=gettext_lazy("Statement as CSV"), path="statement", icon="download")
    def statement(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = found_or_404(self, request, object_id)
        source, target = _ends(row)
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        name = f"settlement-{_code(source)}-{_code(target)}.csv".replace(":", "-")
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer.write("\ufeff")
        sheet = csv.writer(answer)
        sheet.writerow(
            ["day", "exchanges", "undone", "given", "fee", "received", "owed", "currency", "ties"]
        )
        money = programmes.get_programme(target.programme_id).currency
        for day in selectors.list_settlement(source=source, target=target):
            figures = [day.exchanges, day.undone, day.given, day.fee, day.received]
            sheet.writerow(
                [day.day.isoformat(), *figures, _money(day.owed, money), money, int(day.ties)]
            )
        return answer

    def tables(self, request: HttpRequest, obj: models.ExchangeRate) -> list[Table]:
        source, target = _ends(obj)
        money = programmes.get_programme(target.programme_id).currency
        days = selectors.list_settlement(source=source, target=target)[:_DAYS]
        return [
            *_brings(_values(obj)),
            Table(
                title=_("Settlement by day: what %(giver)s owes %(receiver)s")
                % {"giver": _name(source), "receiver": _name(target)},
                headers=[
                    _("Day"),
                    _("Exchanges"),
                    _("Undone"),
                    _("Given"),
                    _("Fee"),
                    _("Brought in"),
                    _("Owed, %(money)s") % {"money": money},
                    _("Ledger"),
                ],
                rows=[_line(day, money) for day in days],
                empty=_("Nothing has been exchanged yet."),
            ),
        ]


def _line(day: SettlementDay, money: str) -> list[object]:
    return [
        day.day.isoformat(),
        day.exchanges,
        day.undone,
        f"{day.given:,}",
        f"{day.fee:,}",
        f"{day.received:,}",
        _money(day.owed, money),
        _("ties") if day.ties else _("differs: look at Proofs"),
    ]


def _money(amount: int, currency: str) -> str:
    digits = minor_digits(currency)
    return f"{amount / 10**digits:.{digits}f}"


def _values(obj: models.ExchangeRate) -> dict[str, Any]:
    source, target = _ends(obj)
    return {name: getattr(obj, name) for name in _TERMS} | {
        "source": _code(source),
        "target": _code(target),
    }


def _ends(obj: models.ExchangeRate) -> tuple[Purse, Purse]:
    rate = rates.to_rate(obj)
    return rate.source, rate.target


def _code(purse: Purse) -> str:
    return f"{purse.programme_id}:{purse.currency}"


def _name(purse: Purse) -> str:
    return _purse_name(programmes.get_programme(purse.programme_id).code, purse.currency)


class UndoForm(ReasonForm):
    """Why an exchange is undone."""

    key = forms.CharField(widget=forms.HiddenInput)


@admin.register(models.Exchange)
class ExchangeAdmin(SpreadAdmin):
    """Single exchanges, and the way back."""

    list_display = ("id", "member", "pair", "given", "fee", "received", "day", "undoes")
    actions_detail = ("undo",)

    @admin.display(description=gettext_lazy("exchange"))
    def pair(self, obj: models.Exchange) -> str:
        ends = (
            Purse(programme_id=obj.from_programme_id, currency=obj.from_currency),
            Purse(programme_id=obj.to_programme_id, currency=obj.to_currency),
        )
        return " → ".join(_name(purse) for purse in ends)

    @admin.display(description=gettext_lazy("undoes"))
    def undoes(self, obj: models.Exchange) -> str:
        return str(obj.reverses or "")

    @action(title=gettext_lazy("Undo"), path="undo", icon="undo")
    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.undo_exchange(
                member_id=row.member_id,
                exchange_id=row.pk,
                key=f"console:{values['key']}",
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("Undone: both sides are as before.")

        return ask(
            self,
            request,
            title=_("Undo the exchange"),
            form_class=UndoForm,
            initial={"key": secrets.token_hex(8)},
            act=act,
            done=record_url(models.Exchange, spread_key(row)),
            explain=_("%(received)s points are taken back, %(given)s return to their lots.")
            % {"received": f"{row.received:,}", "given": f"{row.given:,}"},
        )

    def tables(self, request: HttpRequest, obj: models.Exchange) -> list[Table]:
        keys = [(obj.member_id, obj.out_entry_id), (obj.to_member_id, obj.in_entry_id)]
        entries = [models.Entry.objects.get(member_id=m, id=i) for m, i in keys]
        return [
            Table(
                title=_("Its two entries"),
                headers=[_("When"), _("Kind"), _("Points"), _("Balance")],
                rows=[
                    [
                        Link(when(e.occurred_at), record_url(models.Entry, spread_key(e))),
                        e.kind,
                        f"{e.points:+,}",
                        e.balance_after,
                    ]
                    for e in entries
                ],
            )
        ]
