"""Console: programmes, with every version of their settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from config.kernel.console import ReadOnlyAdmin, ReasonForm, Table, action, change, found_or_404
from members.programmes import models, selectors, services


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

        def set_them(*, actor: str, reason: str, now: datetime, **values: Any) -> None:
            services.change_settings(
                programme_id=programme.pk, changes=values, actor=actor, reason=reason, now=now
            )

        return change(
            self,
            request,
            programme,
            title=_("Change settings of %(programme)s") % {"programme": programme.code},
            form_class=SettingsForm,
            initial={name: getattr(present, name) for name in present.__dataclass_fields__},
            run=set_them,
            said=_("The settings hold from now on."),
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
