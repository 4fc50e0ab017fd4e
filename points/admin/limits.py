"""Console: how much each role corrects alone, and the reasons to choose from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
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
from config.kernel import roles as kernel_roles
from config.kernel.console import (
    ReadOnlyAdmin,
    ReasonForm,
    action,
    actor,
    ask,
    found_or_404,
    word,
)
from members.programmes import selectors as programmes_selectors
from points import models, services
from points.admin.wording import currency_words
from points.selectors.corrections import ADMINISTRATOR, API_CLIENTS

words.call(models.AdjustmentLimit, gettext_lazy("limit"), gettext_lazy("limits of corrections"))
words.call(
    models.AdjustmentReason,
    gettext_lazy("reason for corrections"),
    gettext_lazy("reasons for corrections"),
)


def role_choices() -> list[tuple[str, str]]:
    """Return the roles there are, the API's clients, and what has a limit already."""
    groups = Group.objects.values_list("name", flat=True)
    limited = models.AdjustmentLimit.objects.values_list("role", flat=True)
    clients = [f"client:{name}" for name in sorted(programmes_selectors.list_client_brands())]
    titles = kernel_roles.titles()
    roles = sorted({ADMINISTRATOR, *groups, *limited} - {API_CLIENTS, *clients})
    return [
        *((name, titles.get(name, name)) for name in roles),
        (API_CLIENTS, _("All API clients")),
        *((name, _("API client %(id)s") % {"id": name.split(":")[1]}) for name in clients),
    ]


class LimitForm(ReasonForm):
    """What a role may correct alone."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=role_choices, widget=UnfoldAdminSelectWidget
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        choices=lambda: list(currency_words().items()),
        widget=UnfoldAdminSelectWidget,
    )
    points = forms.IntegerField(
        label=gettext_lazy("Limit"),
        min_value=0,
        max_value=10**12,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy(
            "Up to so many points on one member in 24 hours without a second person."
            " With 0 this role may only ask. API clients cannot ask: beyond their limit they"
            " are refused, and without one nothing bounds them."
        ),
    )
    field_order = ("role", "currency", "points", "reason")


class AdjustmentReasonForm(ReasonForm):
    """A reason in both languages."""

    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=40, widget=UnfoldAdminTextInputWidget
    )
    name_zh = forms.CharField(
        label=gettext_lazy("Name, Chinese"), max_length=80, widget=UnfoldAdminTextInputWidget
    )
    name_en = forms.CharField(
        label=gettext_lazy("Name, English"), max_length=80, widget=UnfoldAdminTextInputWidget
    )
    in_use = forms.BooleanField(
        label=gettext_lazy("In use"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    field_order = ("code", "name_zh", "name_en", "in_use", "reason")


class _KeptAdmin(ReadOnlyAdmin):
    """A short list of rows that a form with a reason keeps."""

    actions_list = ("add_row",)
    actions_detail = ("edit_row",)
    form_shown: type[forms.Form]

    def has_add_row_permission(self, request: HttpRequest) -> bool:
        return self.has_operate_permission(request)

    def save(self, values: dict[str, Any], request: HttpRequest) -> None:
        raise NotImplementedError

    def opened(self, row: Any) -> dict[str, Any]:
        raise NotImplementedError

    @unfold_action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Add"), url_path="new", icon="add", permissions=["add_row"]
    )
    def add_row(self, request: HttpRequest) -> HttpResponse:
        return self._form(request, _("Add"), {})

    @action(title=gettext_lazy("Edit"), path="edit", icon="edit")
    def edit_row(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._form(request, _("Edit"), self.opened(found_or_404(self, request, object_id)))

    def _form(self, request: HttpRequest, title: str, initial: dict[str, Any]) -> HttpResponse:
        def act(values: dict[str, Any]) -> str:
            self.save(values, request)
            return _("Saved.")

        meta = self.model._meta
        return ask(
            self,
            request,
            title=title,
            form_class=self.form_shown,
            initial=initial,
            act=act,
            done=reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"),
        )


@admin.register(models.AdjustmentLimit)
class AdjustmentLimitAdmin(_KeptAdmin):
    """How much each role corrects alone."""

    list_display = ("shown_role", "shown_currency", "points")
    shown_role = word("role", kernel_roles.titles, title=gettext_lazy("role"))
    ordering = ("role", "currency")
    shown_currency = word("currency", currency_words, title=gettext_lazy("currency"))
    form_shown = LimitForm

    def opened(self, row: models.AdjustmentLimit) -> dict[str, Any]:
        return {"role": row.role, "currency": row.currency, "points": row.points}

    def save(self, values: dict[str, Any], request: HttpRequest) -> None:
        services.set_limit(
            role=values["role"],
            currency=values["currency"],
            points=values["points"],
            actor=actor(request),
            reason=values["reason"],
            now=clock.now(),
        )


@admin.register(models.AdjustmentReason)
class AdjustmentReasonAdmin(_KeptAdmin):
    """The reasons operators choose from."""

    list_display = ("code", "name_zh", "name_en", "in_use")
    ordering = ("id",)
    form_shown = AdjustmentReasonForm

    def opened(self, row: models.AdjustmentReason) -> dict[str, Any]:
        names = ("code", "name_zh", "name_en", "in_use")
        return {name: getattr(row, name) for name in names}

    def save(self, values: dict[str, Any], request: HttpRequest) -> None:
        services.save_reason(
            code=values["code"],
            name_zh=values["name_zh"],
            name_en=values["name_en"],
            in_use=values["in_use"],
            actor=actor(request),
            reason=values["reason"],
            now=clock.now(),
        )
