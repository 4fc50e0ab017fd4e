"""Console: who may call the API, each bound to one storefront."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from config.kernel import clock, words
from config.kernel.console import ReadOnlyAdmin, action, actor, ask, change, found_or_404
from members.programmes import models, services
from members.programmes.scopes import SCOPES

words.call(models.ClientBinding)


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
                "done": _listing(),
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
            done=_listing(),
            button=_("Create"),
        )

    @action(title=gettext_lazy("Revoke"), path="revoke", icon="key_off")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        binding = found_or_404(self, request, object_id)
        return change(
            self,
            request,
            binding,
            title=_("Revoke %(client)s") % {"client": binding.pk},
            run=partial(services.revoke_client, client_id=binding.pk),
            said=_("The client is gone; its tokens stop within a minute."),
            done=_listing(),
            explain=_("Whatever uses this client stops working."),
            button=_("Revoke"),
        )


def _listing() -> str:
    return reverse("admin:programmes_clientbinding_changelist")
