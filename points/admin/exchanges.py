"""Console: single exchanges, and the way back."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import words
from config.kernel.console import (
    Link,
    ReasonForm,
    SpreadAdmin,
    Table,
    action,
    change,
    figure,
    found_or_404,
    record_url,
    spread_key,
    when,
)
from points import models, services
from points.admin import purses
from points.admin.wording import kind_words
from points.types import Purse

words.call(models.Exchange, gettext_lazy("exchange"), gettext_lazy("exchanges"))


class UndoForm(ReasonForm):
    """Why an exchange is undone."""

    key = forms.CharField(widget=forms.HiddenInput)


@admin.register(models.Exchange)
class ExchangeAdmin(SpreadAdmin):
    """Single exchanges, and the way back."""

    list_display = (
        "id",
        "member",
        "pair",
        "shown_given",
        "shown_fee",
        "shown_received",
        "day",
        "undoes",
    )
    shown_given = figure("given")
    shown_fee = figure("fee")
    shown_received = figure("received")
    actions_detail = ("undo",)

    @admin.display(description=gettext_lazy("exchange"))
    def pair(self, obj: models.Exchange) -> str:
        ends = (
            Purse(programme_id=obj.from_programme_id, currency=obj.from_currency),
            Purse(programme_id=obj.to_programme_id, currency=obj.to_currency),
        )
        return " → ".join(purses.name(purse) for purse in ends)

    @admin.display(description=gettext_lazy("undoes"))
    def undoes(self, obj: models.Exchange) -> str:
        return str(obj.reverses or "")

    @action(title=gettext_lazy("Undo"), path="undo", icon="undo")
    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = found_or_404(self, request, object_id)

        def undo(*, key: str, **told: Any) -> None:
            services.undo_exchange(
                member_id=row.member_id, exchange_id=row.pk, key=f"console:{key}", **told
            )

        return change(
            self,
            request,
            row,
            title=_("Undo the exchange"),
            form_class=UndoForm,
            initial={"key": secrets.token_hex(8)},
            run=undo,
            said=_("Undone: both sides are as before."),
            explain=_("%(received)s points are taken back, %(given)s return to their lots.")
            % {"received": f"{row.received:,}", "given": f"{row.given:,}"},
        )

    def tables(self, request: HttpRequest, obj: models.Exchange) -> list[Table]:
        keys = [(obj.member_id, obj.out_entry_id), (obj.to_member_id, obj.in_entry_id)]
        entries = [models.Entry.objects.get(member_id=m, id=i) for m, i in keys]
        kinds = kind_words()
        return [
            Table(
                title=_("Its two entries"),
                headers=[_("When"), _("Kind"), _("Points"), _("Balance")],
                rows=[
                    [
                        Link(when(e.occurred_at), record_url(models.Entry, spread_key(e))),
                        kinds.get(e.kind, e.kind),
                        f"{e.points:+,}",
                        "–" if e.balance_after is None else f"{e.balance_after:,}",
                    ]
                    for e in entries
                ],
            )
        ]
