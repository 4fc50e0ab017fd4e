"""Console: a programme's times in the mall."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import clock, words
from config.kernel.console import ReadOnlyAdmin, action, actor, ask, programme_name
from members.programmes import selectors as programmes_selectors
from points.mall import models, selectors, services
from points.mall.admin import forms
from points.mall.types import Terms

words.call(models.Terms, gettext_lazy("mall terms"), gettext_lazy("mall terms"))


class _NewTermsForm(forms.ProgrammeForm, forms.TermsForm):
    field_order = ("programme", "pay_minutes", "collect_days", "undo_minutes", "reason")


@admin.register(models.Terms)
class TermsAdmin(ReadOnlyAdmin):
    """How long members have to pay, to collect, and the shop to take a collection back."""

    nothing_yet = gettext_lazy("The usual times hold until you set others.")
    list_display = ("shown_programme", "pay_minutes", "collect_days", "undo_minutes")
    fields = ("shown_programme", "pay_minutes", "collect_days", "undo_minutes")
    readonly_fields = fields
    ordering = ("programme_id",)
    actions_list = ("set_terms",)

    @admin.display(description=gettext_lazy("programme"))
    def shown_programme(self, obj: models.Terms) -> str:
        return programme_name(obj.programme_id)

    @action(title=gettext_lazy("Set the times"), path="set", icon="timer")
    def set_terms(self, request: HttpRequest) -> HttpResponse:
        programmes = programmes_selectors.list_programmes()
        first = programmes[0].id if programmes else 0

        def act(values: dict[str, Any]) -> str:
            services.set_terms(
                programme_id=int(values["programme"]),
                terms=Terms(
                    pay_minutes=values["pay_minutes"],
                    collect_days=values["collect_days"],
                    undo_minutes=values["undo_minutes"],
                ),
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("The times hold from now on. Orders that are made keep theirs.")

        return ask(
            self,
            request,
            title=_("Times of the mall"),
            form_class=_NewTermsForm,
            initial={"programme": first, **asdict(selectors.get_terms(programme_id=first))},
            act=act,
            done=reverse("admin:mall_terms_changelist"),
        )
