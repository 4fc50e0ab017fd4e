"""Console: who of the staff looked at whom, and who sees personal data in clear for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from config.kernel import clock, numerals, words
from config.kernel.console import (
    ReadOnlyAdmin,
    ReasonForm,
    SpreadAdmin,
    action,
    actor,
    ask,
    badge,
    found_or_404,
    name_actors,
    record_url,
)
from members import models, services
from members.services.granting import MOST_HOURS
from members.services.revealing import list_revealable

words.call(models.AccessRecord, gettext_lazy("look at a member"), gettext_lazy("access log"))
words.call(
    models.DataGrant, gettext_lazy("grant of personal data"), gettext_lazy("personal data in clear")
)


def page_word(page: str) -> str:
    """Return what the page is called on which somebody looked."""
    if page == "members.reveal":
        return _("Fields shown in clear")
    try:
        return str(apps.get_model(page)._meta.verbose_name)
    except (LookupError, ValueError):
        return page


def field_words() -> dict[str, str]:
    """Return what the fields are called that may be seen in clear."""
    return {field.code: str(field.title) for field in list_revealable(may=lambda _permission: True)}


class _ByStaff(admin.SimpleListFilter):
    """Looks by one member of staff."""

    title = gettext_lazy("staff")
    parameter_name = "user"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = models.User.objects.filter(is_staff=True).order_by("staff_name")
        return [(str(pk), name or str(pk)) for pk, name in rows.values_list("pk", "staff_name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = numerals.read(self.value())
        return queryset if chosen is None else queryset.filter(user_id=chosen)


class _InClear(admin.SimpleListFilter):
    """Looks that saw something unmasked."""

    title = gettext_lazy("what was seen")
    parameter_name = "seen"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("clear", _("Something in clear")), ("masked", _("All of it masked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "clear":
            return queryset.exclude(fields=[])
        return queryset.filter(fields=[]) if self.value() == "masked" else queryset


@admin.register(models.AccessRecord)
class AccessRecordAdmin(SpreadAdmin):
    """Each look of staff at a member: who, when, where, what in clear, and why."""

    icon = "footprint"
    leaves_trace = False
    list_display = ("recorded_at", "who", "member", "where", "seen", "reason")
    list_display_links = ("recorded_at",)
    list_filter = (_ByStaff, _InClear)
    fields = ("recorded_at", "who", "member", "where", "seen", "reason")
    readonly_fields = fields
    nothing_yet = gettext_lazy("Nobody of the staff has looked at a member yet.")

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        # There is an index by time: the newest come without sorting the rest.
        return ("-recorded_at", "-id")

    def attach(self, rows: list[Any]) -> None:
        super().attach(rows)
        names = name_actors([f"staff:{row.user_id}" for row in rows])
        for row in rows:
            row.staff = names.get(f"staff:{row.user_id}", f"staff:{row.user_id}")

    @admin.display(description=gettext_lazy("staff"))
    def who(self, obj: Any) -> str:
        return str(obj.staff)

    @admin.display(description=gettext_lazy("where"))
    def where(self, obj: models.AccessRecord) -> str:
        return page_word(obj.page)

    @admin.display(description=gettext_lazy("seen in clear"))
    def seen(self, obj: models.AccessRecord) -> str:
        names = field_words()
        return ", ".join(names.get(code, code) for code in obj.fields) or "–"


class FullDataForm(ReasonForm):
    """For how long, and why."""

    hours = forms.TypedChoiceField(
        label=gettext_lazy("For so many hours"),
        coerce=int,
        choices=[(hours, str(hours)) for hours in (1, 2, 4, MOST_HOURS)],
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("It ends by itself. Ask for as little as you need."),
    )
    field_order = ("hours", "reason")


@admin.register(models.DataGrant)
class DataGrantAdmin(ReadOnlyAdmin):
    """Who sees personal data in clear, until when, and why. Anyone may ask for it."""

    icon = "lock_open"
    list_display = ("staff_member", "shown_state", "starts_at", "ends_at", "reason")
    ordering = ("-id",)
    fields = ("staff_member", "starts_at", "ends_at", "reason")
    readonly_fields = fields
    actions_list = ("ask_for_it",)
    actions_detail = ("end",)
    nothing_yet = gettext_lazy("Nobody sees personal data in clear, and nobody did.")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let whoever works with members see their own; `view_datagrant` sees all."""
        return bool(request.user.has_perm("members.view_member")) or self._sees_all(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def _sees_all(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("members.view_datagrant"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.DataGrant]:
        rows: QuerySet[models.DataGrant] = super().get_queryset(request)
        return rows if self._sees_all(request) else rows.filter(user_id=int(request.user.pk or 0))

    def has_ask_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell whether somebody may ask: whoever may look at single fields anyway."""
        return bool(request.user.has_perm("members.reveal_contacts"))

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell whether a grant can be ended: by its holder, and by whoever keeps them."""
        found = self.get_object(request, str(object_id)) if object_id else None
        if found is None or found.ends_at <= clock.now():
            return False
        return found.user_id == request.user.pk or self.has_operate_permission(request)

    def attach(self, rows: list[Any]) -> None:
        names = name_actors([f"staff:{row.user_id}" for row in rows])
        for row in rows:
            row.staff = names.get(f"staff:{row.user_id}", f"staff:{row.user_id}")

    @admin.display(description=gettext_lazy("staff"))
    def staff_member(self, obj: Any) -> str:
        return str(obj.staff)

    @badge(title=gettext_lazy("state"), colors={"open": "warning", "over": "info"})
    def shown_state(self, obj: models.DataGrant) -> tuple[str, str]:
        return ("open", _("In force")) if obj.ends_at > clock.now() else ("over", _("Over"))

    @action(
        title=gettext_lazy("Ask to see data in clear"),
        path="ask",
        icon="lock_open",
        permission="ask",
    )
    def ask_for_it(self, request: HttpRequest) -> HttpResponse:
        def act(values: dict[str, Any]) -> str:
            services.request_full_data(
                user_id=int(request.user.pk or 0),
                hours=values["hours"],
                reason=values["reason"],
                now=clock.now(),
            )
            return _("A second person decides. You see data in clear once they agree.")

        return ask(
            self,
            request,
            title=_("See personal data in clear"),
            form_class=FullDataForm,
            act=act,
            done=reverse("admin:members_datagrant_changelist"),
            explain=_(
                "Names, phone numbers and e-mail addresses are shown unmasked to you alone."
                " Each member you look at meanwhile is in the access log."
            ),
            button=_("Ask a second person"),
        )

    @action(title=gettext_lazy("End now"), path="end", icon="lock", permission="end")
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        grant = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.end_grant(
                grant_id=grant.pk,
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("Everything is masked again.")

        return ask(
            self,
            request,
            title=_("End the grant of %(name)s") % {"name": grant.staff},
            form_class=ReasonForm,
            act=act,
            done=record_url(models.DataGrant, grant.pk),
            button=_("End now"),
        )
