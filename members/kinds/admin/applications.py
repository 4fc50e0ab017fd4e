"""Console: the inbox of applications for kinds of member."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from config.kernel import audit, clock, words
from config.kernel.console import (
    ReasonForm,
    SpreadAdmin,
    Table,
    action,
    actor,
    ask,
    badge,
    by_word,
    found_or_404,
    name_actors,
    programme_words,
    word,
)
from members import selectors as members_selectors
from members.kinds import models, selectors, services
from members.kinds.admin import wording
from members.kinds.types import State

words.call(
    models.Application,
    gettext_lazy("application for a kind"),
    gettext_lazy("applications for kinds"),
)


class RefusalForm(forms.Form):
    """Why it is refused: the member reads it."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is refused"),
        max_length=300,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=gettext_lazy("The member reads this. Kept in the audit log with your name."),
    )


@admin.register(models.Application)
class ApplicationAdmin(SpreadAdmin):
    """What members applied for; a proof is shown to who decides, and that is written down."""

    list_display = ("member", "shown_kind", "shown_state", "asked", "applied_at", "decided_name")
    list_display_links = ("shown_kind",)
    list_filter = (
        by_word("state", wording.states),
        by_word("kind", wording.kind_names),
        by_word("programme_id", programme_words),
    )
    fields = (
        *("member", "shown_kind", "state_word", "asked", "applied_at"),
        *("decided_at", "decided_name", "reason"),
    )
    readonly_fields = fields
    actions_detail = ("approve", "refuse")
    icon = "assignment_ind"
    nothing_yet = gettext_lazy("Nobody has applied. What members apply for comes here.")

    shown_kind = word("kind", wording.kind_names, title=gettext_lazy("kind"))
    state_word = word("state", wording.states, title=gettext_lazy("state"))

    def waiting(self, request: HttpRequest) -> int:
        """Return how many wait, for the navigation."""
        rows = models.Application.objects.filter(state=State.WAITING)
        return rows.values("pk")[:100].count()

    def get_queryset(self, request: HttpRequest) -> Any:
        # Whoever lists applications does not fetch what was typed into them.
        return super().get_queryset(request).defer("proof")

    def attach(self, rows: list[Any]) -> None:
        super().attach(rows)
        names = name_actors([row.decided_by for row in rows])
        for row in rows:
            row.decided_words = names.get(row.decided_by, row.decided_by)

    @admin.display(description=gettext_lazy("decided by"))
    def decided_name(self, obj: Any) -> str:
        return {"rule": _("By the rule")}.get(obj.decided_by, str(obj.decided_words) or "–")

    @admin.display(description=gettext_lazy("register asked"))
    def asked(self, obj: models.Application) -> str:
        if obj.is_asked is None:
            return "–"
        return _("yes") if obj.is_asked else _("no: the form alone was checked")

    @badge(
        title=gettext_lazy("state"),
        colors={"waiting": "info", "approved": "success", "refused": "danger"},
    )
    def shown_state(self, obj: models.Application) -> tuple[str, str]:
        return obj.state, wording.states().get(obj.state, obj.state)

    def has_decide_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Show the buttons on what waits."""
        row = self.get_object(request, str(object_id)) if object_id else None
        waits = row is not None and row.state == State.WAITING
        return self.has_operate_permission(request) and waits

    @action(title=gettext_lazy("Approve"), path="approve", icon="check", permission="decide")
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, services.approve, _("Approve"), _("Approved."))

    @action(title=gettext_lazy("Refuse"), path="refuse", icon="close", permission="decide")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, services.refuse, _("Refuse"), _("Refused."))

    def _decide(
        self, request: HttpRequest, object_id: str, serve: Any, title: str, done: str
    ) -> HttpResponse:
        row = found_or_404(self, request, object_id)
        allowed = self.has_operate_permission(request)

        def act(values: dict[str, Any]) -> str:
            serve(
                member_id=row.member_id,
                application_id=row.pk,
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return done

        name = wording.kind_names().get(row.kind, row.kind)
        return ask(
            self,
            request,
            title=_("%(act)s: %(kind)s") % {"act": title, "kind": name},
            form_class=RefusalForm if serve is services.refuse else ReasonForm,
            act=act,
            done=reverse("admin:kinds_application_changelist"),
            button=title,
            allowed=allowed,
            tables=self._proof(request, row) if allowed else (),
        )

    def _proof(self, request: HttpRequest, row: models.Application) -> list[Table]:
        """Show what was typed, to who decides; that they looked is written down."""
        given = selectors.read_proof(member_id=row.member_id, application_id=row.pk)
        if given is None:
            return []
        if request.method == "GET":
            audit.record(
                actor=actor(request),
                action="kinds.proof_looked_at",
                target=members_selectors.public_id(row.member_id),
                after={"application": row.pk},
                now=clock.now(),
            )
        return [
            Table(
                title=_("What the member shows"),
                note=_("That you looked is in the audit log. It is deleted with the decision."),
                headers=[_("Field"), _("Value")],
                rows=[
                    [_("Full name"), given.holder],
                    [_("School or company"), given.body],
                    [_("Number"), given.number],
                ],
            )
        ]
