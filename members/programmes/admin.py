"""Console: programmes, shops and who may call the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from config.kernel import clock, words
from config.kernel.console import (
    ReadOnlyAdmin,
    ReasonForm,
    Table,
    action,
    actor,
    ask,
    found_or_404,
    names_actors,
    names_things,
    record_url,
)
from members.programmes import models, selectors, services
from members.programmes.errors import ProgrammeNotFoundError, StorefrontNotFoundError
from members.programmes.scopes import SCOPES
from members.programmes.types import Programme

for _model in (models.Brand, models.Store, models.Storefront, models.ClientBinding):
    words.call(_model)


class SettingsForm(ReasonForm):
    """What an operator may set for a programme."""

    return_window_days = forms.IntegerField(
        label=gettext_lazy("Return window, days"), widget=UnfoldAdminIntegerFieldWidget
    )
    points_validity_months = forms.IntegerField(
        label=gettext_lazy("Points valid, months"), widget=UnfoldAdminIntegerFieldWidget
    )
    return_grace_days = forms.IntegerField(
        label=gettext_lazy("Grace of returned points, days"), widget=UnfoldAdminIntegerFieldWidget
    )
    reservation_ttl_seconds = forms.IntegerField(
        label=gettext_lazy("Points held at checkout, seconds"),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    debt_policy = forms.ChoiceField(
        label=gettext_lazy("When refunded points are spent already"),
        widget=UnfoldAdminSelectWidget,
        choices=models.SettingsVersion._meta.get_field("debt_policy").choices or (),
    )
    debt_cap = forms.IntegerField(
        label=gettext_lazy("Points a member may owe at most"),
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("Empty: no bound. What goes beyond comes off the refund instead."),
    )
    merge_alone = forms.IntegerField(
        label=gettext_lazy("Points that one person may merge alone"),
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("A duplicate with more waits for a second person."),
    )
    field_order = (
        "return_window_days",
        "points_validity_months",
        "return_grace_days",
        "reservation_ttl_seconds",
        "debt_policy",
        "debt_cap",
        "merge_alone",
        "reason",
    )


def _called(programme: Programme) -> str:
    chinese = (get_language() or "").startswith("zh")
    return (programme.name_zh if chinese else programme.name_en) or programme.code


def _programme(programme_id: int) -> str:
    try:
        return _called(selectors.get_programme(programme_id))
    except ProgrammeNotFoundError:
        return str(programme_id)


def _storefront(storefront_id: int) -> str:
    try:
        return selectors.get_storefront(storefront_id).name
    except StorefrontNotFoundError:
        return str(storefront_id)


def _programmes() -> dict[int, str]:
    return {programme.id: _called(programme) for programme in selectors.list_programmes()}


def _storefronts() -> dict[int, str]:
    return dict(models.Storefront.objects.order_by("code").values_list("pk", "name"))


names_things("programme", one=_programme, every=_programmes)
names_things("storefront", one=_storefront, every=_storefronts)


def _clients(keys: Sequence[str]) -> dict[str, str]:
    rows = models.ClientBinding.objects.filter(client_id__in=keys)
    return dict(rows.values_list("client_id", "client__name"))


names_actors("client", _clients)


@admin.register(models.Programme)
class ProgrammeAdmin(ReadOnlyAdmin):
    """Programmes with every version of their settings."""

    list_display = ("code", "name_zh", "name_en", "currency", "timezone")
    ordering = ("code",)
    actions_detail = ("change_settings",)

    @action(title=gettext_lazy("Change settings"), path="settings", icon="tune")
    def change_settings(self, request: HttpRequest, object_id: str) -> HttpResponse:
        programme = found_or_404(self, request, object_id)
        present = selectors.list_settings_versions(programme.pk)[0].settings

        def act(values: dict[str, Any]) -> str:
            reason = values.pop("reason")
            services.change_settings(
                programme_id=programme.pk,
                changes=values,
                actor=actor(request),
                reason=reason,
                now=clock.now(),
            )
            return _("The settings hold from now on.")

        return ask(
            self,
            request,
            title=_("Change settings of %(programme)s") % {"programme": programme.code},
            form_class=SettingsForm,
            initial={name: getattr(present, name) for name in present.__dataclass_fields__},
            act=act,
            done=record_url(models.Programme, programme.pk),
        )

    def tables(self, request: HttpRequest, obj: models.Programme) -> list[Table]:
        versions = selectors.list_settings_versions(obj.pk)
        return [
            Table(
                title=_("Settings, newest first"),
                headers=[
                    _("Version"),
                    _("Return window, days"),
                    _("Points valid, months"),
                    _("Grace of returned points, days"),
                    _("Points held at checkout, seconds"),
                    _("When refunded points are spent already"),
                    _("Points a member may owe at most"),
                    _("Points that one person may merge alone"),
                    _("By"),
                    _("Reason"),
                ],
                rows=[
                    [
                        v.version,
                        v.settings.return_window_days,
                        v.settings.points_validity_months,
                        v.settings.return_grace_days,
                        v.settings.reservation_ttl_seconds,
                        dict(SettingsForm.base_fields["debt_policy"].choices)[  # type: ignore[attr-defined]
                            v.settings.debt_policy
                        ],
                        "" if v.settings.debt_cap is None else v.settings.debt_cap,
                        v.settings.merge_alone,
                        v.actor,
                        v.reason,
                    ]
                    for v in versions
                ],
            )
        ]


@admin.register(models.Brand)
class BrandAdmin(ReadOnlyAdmin):
    """Brands."""

    list_display = ("code", "name_zh", "name_en", "programme")
    list_select_related = ("programme",)
    ordering = ("code",)


@admin.register(models.Store)
class StoreAdmin(ReadOnlyAdmin):
    """Places of a brand."""

    list_display = ("code", "name", "brand")
    list_select_related = ("brand",)
    ordering = ("code",)


@admin.register(models.Storefront)
class StorefrontAdmin(ReadOnlyAdmin):
    """Storefronts: a brand on a channel."""

    list_display = ("code", "name", "brand", "channel", "currency")
    list_select_related = ("brand",)
    ordering = ("code",)


class ClientForm(forms.Form):
    """A new API client."""

    storefront = forms.ModelChoiceField(
        label=gettext_lazy("Storefront"),
        queryset=models.Storefront.objects.order_by("code"),
        widget=UnfoldAdminSelectWidget,
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("What it is for, so that it can be told apart later."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=[(code, label) for code, label in SCOPES.items()],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    rate_per_minute = forms.IntegerField(
        label=gettext_lazy("Calls a minute"),
        required=False,
        min_value=1,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("Empty: no limit."),
    )


@admin.register(models.ClientBinding)
class ClientBindingAdmin(ReadOnlyAdmin):
    """API clients, each bound to one storefront."""

    list_display = ("client_id", "client_name", "storefront", "rate_per_minute", "created_at")
    list_select_related = ("client", "storefront")
    list_filter = ("storefront",)
    ordering = ("-created_at",)
    fields = ("client_id", "client_name", "storefront", "scopes", "rate_per_minute", "created_at")
    readonly_fields = fields
    actions_list = ("new_client",)
    actions_detail = ("revoke",)

    @admin.display(description=gettext_lazy("name"))
    def client_name(self, obj: models.ClientBinding) -> str:
        return str(obj.client.name)

    @admin.display(description=gettext_lazy("What it may do"))
    def scopes(self, obj: models.ClientBinding) -> str:
        return " ".join(obj.client.get_scopes())

    @action(title=gettext_lazy("New client"), path="new", icon="add")
    def new_client(self, request: HttpRequest) -> HttpResponse:
        done = reverse("admin:programmes_clientbinding_changelist")

        def act(values: dict[str, Any]) -> HttpResponse:
            credentials = services.create_client(
                storefront_id=values["storefront"].pk,
                scopes=values["scopes"],
                rate_per_minute=values["rate_per_minute"],
                name=values["name"],
                actor=actor(request),
                now=clock.now(),
            )
            context = {
                **self.admin_site.each_context(request),
                "opts": self.model._meta,
                "title": _("New API client"),
                "credentials": credentials,
                "done": done,
            }
            answer = render(request, "admin/secret.html", context)
            answer["Cache-Control"] = "no-store"
            return answer

        return ask(
            self,
            request,
            title=_("New API client"),
            form_class=ClientForm,
            initial={"rate_per_minute": 6000},
            act=act,
            done=done,
            button=_("Create"),
        )

    @action(title=gettext_lazy("Revoke"), path="revoke", icon="key_off")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        binding = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.revoke_client(
                client_id=binding.pk,
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("The client is gone; its tokens stop within a minute.")

        return ask(
            self,
            request,
            title=_("Revoke %(client)s") % {"client": binding.pk},
            form_class=ReasonForm,
            act=act,
            done=reverse("admin:programmes_clientbinding_changelist"),
            explain=_("Whatever uses this client stops working."),
            button=_("Revoke"),
        )
