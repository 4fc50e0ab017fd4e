"""Console: exchange rates with their versions, and what brands owe each other."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action as unfold_action

from config.kernel import clock, words
from config.kernel.console import (
    ReadOnlyAdmin,
    Table,
    action,
    actor,
    ask,
    found_or_404,
    name_actors,
    word,
)
from config.kernel.money import minor_digits
from members.programmes import selectors as programmes
from points import models, selectors, services
from points.admin import purses, rateform
from points.admin.wording import rounding_words
from points.types import SettlementDay

words.call(models.ExchangeRate, gettext_lazy("exchange rate"), gettext_lazy("exchange rates"))

_DAYS = 62


@admin.register(models.ExchangeRate)
class ExchangeRateAdmin(ReadOnlyAdmin):
    """Rates, newest first; a rate's page shows what the two brands owe each other."""

    list_display = ("pair", "version", "shown_rate", "begins_at", "closed", "who")
    ordering = ("-id",)
    fields = (
        "pair", "version", "begins_at", "closed", "shown_rate", "shown_rounding", "fee_permille",
        "fee_fixed", "minimum", "step", "member_limit", "pair_limit", "carries_expiry", "price",
        "who", "reason", "made_at",
    )  # fmt: skip
    readonly_fields = fields
    shown_rounding = word("rounding", rounding_words, title=gettext_lazy("rounding"))
    actions_list = ("add_rate",)
    actions_detail = ("next_version", "statement")

    def attach(self, rows: list[Any]) -> None:
        names = name_actors([row.actor for row in rows])
        for row in rows:
            row.actor_name = names.get(row.actor, row.actor)

    @admin.display(description=gettext_lazy("by"), ordering="actor")
    def who(self, obj: Any) -> str:
        return str(obj.actor_name)

    def has_add_rate_permission(self, request: HttpRequest) -> bool:
        return self.has_operate_permission(request)

    @admin.display(description=gettext_lazy("exchange"))
    def pair(self, obj: models.ExchangeRate) -> str:
        return " → ".join(purses.name(purse) for purse in purses.ends(obj))

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
        return self._form(request, _("Next version"), rateform.opened(row))

    def _form(self, request: HttpRequest, title: str, opened: dict[str, Any]) -> HttpResponse:
        def act(values: dict[str, Any]) -> str:
            now = clock.now()
            made = services.publish_rate(
                rate=rateform.to_rate(values, now),
                actor=actor(request),
                reason=values["reason"],
                now=now,
            )
            return _("Version %(version)s is published.") % {"version": made.version}

        return ask(
            self,
            request,
            title=title,
            form_class=rateform.RateForm,
            initial=opened,
            act=act,
            preview=rateform.brings,
            done=reverse("admin:points_exchangerate_changelist"),
        )

    @action(title=gettext_lazy("Statement as CSV"), path="statement", icon="download")
    def statement(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = found_or_404(self, request, object_id)
        source, target = purses.ends(row)
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        name = f"settlement-{purses.code(source)}-{purses.code(target)}.csv".replace(":", "-")
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
        source, target = purses.ends(obj)
        money = programmes.get_programme(target.programme_id).currency
        days = selectors.list_settlement(source=source, target=target)[:_DAYS]
        return [
            *rateform.brings(rateform.opened(obj)),
            Table(
                title=_("Settlement by day: what %(giver)s owes %(receiver)s")
                % {"giver": purses.name(source), "receiver": purses.name(target)},
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
