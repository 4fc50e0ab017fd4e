"""Console: what programmes count, one version after the other."""

from __future__ import annotations

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
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from config.kernel import clock, words
from config.kernel.console import ReadOnlyAdmin, ReasonForm, action, actor, ask, found_or_404, word
from members.programmes import selectors as programmes
from points import models, services
from points.admin.wording import expiry_words, sort_words
from points.types import CurrencyDefinition, CurrencyKind, ExpiryRule

words.call(models.Currency, gettext_lazy("currency"), gettext_lazy("currencies"))


def _switch(label: Any, hint: Any = "") -> Any:
    return forms.BooleanField(
        label=label, required=False, help_text=hint, widget=UnfoldBooleanSwitchWidget
    )


def _text(label: Any, most: int, hint: Any = "") -> Any:
    return forms.CharField(
        label=label, max_length=most, help_text=hint, widget=UnfoldAdminTextInputWidget
    )


class CurrencyForm(ReasonForm):
    """The next version of a definition."""

    programme = forms.ChoiceField(
        label=gettext_lazy("Programme"),
        choices=lambda: [(p.id, p.code) for p in programmes.list_programmes()],
        widget=UnfoldAdminSelectWidget,
    )
    code = _text(
        gettext_lazy("Code"),
        16,
        gettext_lazy("As storefronts name it: points, balance, red_packet, tickets, or your own."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=lambda: list(sort_words().items()),
        widget=UnfoldAdminSelectWidget,
    )
    name_zh = _text(gettext_lazy("Name, Chinese"), 40)
    name_en = _text(gettext_lazy("Name, English"), 40)
    expiry = forms.ChoiceField(
        label=gettext_lazy("Expires"),
        choices=lambda: list(expiry_words().items()),
        widget=UnfoldAdminSelectWidget,
    )
    validity = forms.IntegerField(
        label=gettext_lazy("After so many"),
        min_value=0,
        max_value=3650,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("What members hold already keeps its date."),
    )
    may_owe = _switch(gettext_lazy("May go into debt"), gettext_lazy("Never for money."))
    spendable = _switch(gettext_lazy("Can be spent"))
    shown = _switch(gettext_lazy("Members see it"))


@admin.register(models.Currency)
class CurrencyAdmin(ReadOnlyAdmin):
    """Definitions that replace or add to the house's own."""

    nothing_yet = gettext_lazy(
        "Points and growth value are built in. Currencies that you define are listed here."
    )
    list_display = ("code", "name_zh", "name_en", "shown_kind", "shown_expiry", "version", "actor")
    ordering = ("programme_id", "code", "-version")
    shown_kind = word("kind", sort_words, title=gettext_lazy("kind"))
    shown_expiry = word("expiry", expiry_words, title=gettext_lazy("expires"))
    actions_list = ("define",)
    actions_detail = ("redefine",)

    def has_define_permission(self, request: HttpRequest) -> bool:
        return self.has_operate_permission(request)

    @unfold_action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Define"), url_path="new", icon="add", permissions=["define"]
    )
    def define(self, request: HttpRequest) -> HttpResponse:
        return self._form(request, {"spendable": True, "shown": True, "validity": 0})

    @action(title=gettext_lazy("Next version"), path="next", icon="edit")
    def redefine(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = found_or_404(self, request, object_id)
        opened = {name: getattr(row, name) for name in CurrencyForm.base_fields if name in _COLUMNS}
        return self._form(request, opened | {"programme": row.programme_id})

    def _form(self, request: HttpRequest, opened: dict[str, Any]) -> HttpResponse:
        def act(values: dict[str, Any]) -> str:
            made = services.define_currency(
                programme_id=int(values["programme"]),
                definition=CurrencyDefinition(
                    **{name: values[name] for name in _COLUMNS}
                    | {
                        "kind": CurrencyKind(values["kind"]),
                        "expiry": ExpiryRule(values["expiry"]),
                    }
                ),
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("Version %(version)s holds from now on.") % {"version": made.version}

        return ask(
            self,
            request,
            title=_("Define a currency"),
            form_class=CurrencyForm,
            initial=opened,
            act=act,
            done=reverse("admin:points_currency_changelist"),
        )


_COLUMNS = (
    "code", "kind", "name_zh", "name_en", "expiry", "validity", "may_owe", "spendable", "shown",
)  # fmt: skip
