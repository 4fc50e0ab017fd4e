"""Console: who is of which kind, since when and why; give and take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget

from config.kernel import clock, words
from config.kernel.console import (
    ReasonForm,
    SpreadAdmin,
    action,
    actor,
    ask,
    badge,
    by_word,
    found_or_404,
    name_actors,
    name_members,
    programme_words,
    record_url,
    spread_key,
    word,
)
from members import selectors as members_selectors
from members.kinds import models, selectors, services
from members.kinds.admin import wording
from members.kinds.types import Why

words.call(
    models.Membership, gettext_lazy("membership of a kind"), gettext_lazy("memberships of kinds")
)


@admin.register(models.Membership)
class MembershipAdmin(SpreadAdmin):
    """Memberships of kinds, newest first."""

    list_display = ("member", "shown_kind", "shown_state", "since", "until", "shown_why", "by_name")
    list_display_links = ("shown_kind",)
    list_filter = (
        by_word("kind", wording.kind_names),
        by_word("why", wording.reasons),
        by_word("programme_id", programme_words),
    )
    fields = (
        *("member", "shown_kind", "state_word", "since", "until", "shown_why", "by_name"),
        *("reason", "asked", "group_id", "ended_at", "ended_name", "end_reason"),
    )
    readonly_fields = fields
    actions_detail = ("take",)
    icon = "loyalty"

    shown_kind = word("kind", wording.kind_names, title=gettext_lazy("kind"))
    shown_why = word("why", wording.reasons, title=gettext_lazy("why"))

    def attach(self, rows: list[Any]) -> None:
        super().attach(rows)
        names = name_actors([one for row in rows for one in (row.by, row.ended_by)])
        for row in rows:
            row.by_words = names.get(row.by, row.by)
            row.ended_words = names.get(row.ended_by, row.ended_by)

    @admin.display(description=gettext_lazy("by"))
    def by_name(self, obj: Any) -> str:
        return str(obj.by_words)

    @admin.display(description=gettext_lazy("ended by"))
    def ended_name(self, obj: Any) -> str:
        return str(obj.ended_words) or "–"

    @admin.display(description=gettext_lazy("register asked"))
    def asked(self, obj: models.Membership) -> str:
        if obj.is_asked is None:
            return "–"
        return _("yes") if obj.is_asked else _("no: the form alone was checked")

    def _state(self, obj: models.Membership) -> tuple[str, str]:
        if obj.ended_at is None:
            over = obj.until is not None and obj.until <= clock.now()
            return ("lapsed", _("Ran out")) if over else ("open", _("In force"))
        return obj.end_why, wording.ends().get(obj.end_why, obj.end_why)

    @badge(title=gettext_lazy("state"), colors={"open": "success", "withdrawn": "danger"})
    def shown_state(self, obj: models.Membership) -> tuple[str, str]:
        return self._state(obj)

    @admin.display(description=gettext_lazy("state"))
    def state_word(self, obj: models.Membership) -> str:
        return self._state(obj)[1]

    def has_take_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Show the button on what is in force."""
        row = self.get_object(request, str(object_id)) if object_id else None
        open_ = row is not None and row.ended_at is None
        return self.has_operate_permission(request) and open_

    @action(title=gettext_lazy("Take away"), path="take", icon="block", permission="take")
    def take(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.end_kind(
                member_id=row.member_id,
                kind=row.kind,
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("Taken away.")

        return ask(
            self,
            request,
            title=_("Take a kind away"),
            form_class=ReasonForm,
            act=act,
            done=record_url(models.Membership, spread_key(row)),
            explain=_("What comes with it ends at once. The member is told."),
            allowed=self.has_operate_permission(request),
            dangerous=True,
        )

    def get_urls(self) -> list[URLPattern]:
        mine = path(
            "of/<int:member_id>/give",
            self.admin_site.admin_view(self.give),
            name="kinds_membership_give",
        )
        return [mine, *super().get_urls()]

    def give(self, request: HttpRequest, member_id: int) -> HttpResponse:
        """Give a member a kind, from their page."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        member = members_selectors.get_member(member_id=member_id)
        language = get_language() or ""
        choices = [
            (kind.code, kind.name(language))
            for kind in selectors.get_kinds(programme_id=member.programme_id).kinds
            if not kind.is_group
        ]

        class GiveForm(ReasonForm):
            kind = forms.ChoiceField(
                label=gettext_lazy("Kind"), choices=choices, widget=UnfoldAdminSelectWidget
            )
            field_order = ("kind", "reason")

        def act(values: dict[str, Any]) -> str:
            services.enter_kind(
                member_id=member_id,
                kind=values["kind"],
                why=Why.GRANTED,
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("Given.")

        number = name_members([member_id]).get(member_id, (str(member_id),))[0]
        return ask(
            self,
            request,
            title=_("Give member %(member)s a kind") % {"member": number},
            form_class=GiveForm,
            act=act,
            done=reverse("admin:members_member_change", args=[member_id]),
        )
