"""Console: the inbox of changes that wait for a second person, and what became of others.

Operators see the kinds they may decide and whatever they asked for themselves; who holds
`kernel.view_approval` sees all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import decorators as unfold_decorators
from unfold.widgets import UnfoldAdminTextareaWidget

from config.kernel import approvals, clock, words
from config.kernel.approvals.registry import Kind, Summary
from config.kernel.console import (
    Link,
    ReadOnlyAdmin,
    Table,
    actor,
    ask,
    badge,
    found_or_404,
    name_members,
)
from config.kernel.models import Approval, AuditRecord

State = Approval.State
F = TypeVar("F", bound=Callable[..., Any])

words.call(Approval, gettext_lazy("request for approval"), gettext_lazy("approvals"))


def state_words() -> dict[str, str]:
    """Return what can become of a request."""
    return {
        State.WAITING: _("Waiting"),
        State.APPROVED: _("Approved"),
        State.REFUSED: _("Refused"),
        State.WITHDRAWN: _("Withdrawn"),
        State.EXPIRED: _("Past its time"),
        State.STALE: _("Out of date"),
    }


def act_words() -> dict[str, str]:
    """Return what the audit trail says of a request."""
    return {
        "approval.requested": _("Asked for"),
        "approval.approved": _("Approved"),
        "approval.refused": _("Refused"),
        "approval.withdrawn": _("Withdrawn"),
        "approval.expired": _("Past its time"),
        "approval.stale": _("Out of date: nothing was done"),
        "approval.failed": _("Could not be made: nothing was done"),
    }


def name_staff(actors: set[str]) -> dict[str, str]:
    """Return what members of staff are called, by how the audit trail names them."""
    keys = [int(a.removeprefix("staff:")) for a in actors if a[:6] == "staff:" and a[6:].isdigit()]
    users = get_user_model()._default_manager.filter(pk__in=keys)
    return {f"staff:{user.pk}": str(user) for user in users}


def decidable(user: Any) -> list[str]:
    """Return the names of the kinds that a member of staff may decide."""
    return [kind.name for kind in approvals.kinds() if user.has_perm(kind.permission)]


class _StateFilter(admin.SimpleListFilter):
    """What waits, unless something else is asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*state_words().items(), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        for code, word in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: code})
            selected = (self.value() or State.WAITING) == code
            yield {"selected": selected, "query_string": query, "display": word}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or State.WAITING
        if value == "all" or value not in State.values:
            return queryset
        past = Q(state=State.WAITING, expires_at__lte=clock.now())
        if value == State.WAITING:
            return queryset.filter(state=State.WAITING).exclude(past)
        if value == State.EXPIRED:
            return queryset.filter(past | Q(state=State.EXPIRED))
        return queryset.filter(state=value)


class _KindFilter(admin.SimpleListFilter):
    """Changes of one kind."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.name, str(kind.title)) for kind in approvals.kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


def _button(title: Any, *, path: str, icon: str, permission: str) -> Callable[[F], F]:
    """Make a method a button that only those see who hold the screen's own permission."""
    decorator: Callable[[F], F] = unfold_decorators.action(
        description=title, permissions=[permission], url_path=path, icon=icon
    )
    return decorator


class NoteForm(forms.Form):
    """What the one who decides wants to say."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever asked reads it. Kept in the audit log with your name."),
    )


class RefusalForm(NoteForm):
    """Why it is refused."""

    note = forms.CharField(
        label=gettext_lazy("Why it is refused"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever asked reads it. Kept in the audit log with your name."),
    )


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    """The inbox: what waits, what it would touch, before and after; decide or withdraw."""

    list_display = (
        "title",
        "member",
        "shown_state",
        "asked_by",
        "reason",
        "age",
        "time_left",
    )
    list_filter = (_StateFilter, _KindFilter)
    ordering = ("-id",)
    fields = (
        "title",
        "what",
        "member",
        "state_word",
        "asked_by",
        "requested_at",
        "reason",
        "expires_at",
        "last_problem",
        "answered_by",
        "decided_at",
        "note",
        "outcome",
    )
    readonly_fields = fields
    actions_detail = ("approve", "refuse", "withdraw")

    def waiting(self, request: HttpRequest) -> int:
        """Return how many wait for this operator's decision, for the navigation."""
        open_ = Approval.objects.filter(state=State.WAITING, kind__in=decidable(request.user))
        return open_.exclude(requested_by=actor(request)).values("pk")[:100].count()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Approval]:
        rows: QuerySet[Approval] = super().get_queryset(request)
        if request.user.has_perm("kernel.view_approval"):
            return rows
        return rows.filter(Q(kind__in=decidable(request.user)) | Q(requested_by=actor(request)))

    def has_decide_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell whether the buttons to decide are shown: not to whoever asked."""
        approval = self._open(request, object_id)
        if approval is None or approval.requested_by == actor(request):
            return False
        kind = approvals.find(approval.kind)
        return kind is not None and request.user.has_perm(kind.permission)

    def has_withdraw_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell whether it is theirs to take back."""
        approval = self._open(request, object_id)
        return approval is not None and approval.requested_by == actor(request)

    def _open(self, request: HttpRequest, object_id: Any) -> Approval | None:
        if object_id is None or not str(object_id).isdecimal():
            return None
        rows = self.get_queryset(request).filter(pk=int(object_id), state=State.WAITING)
        return rows.filter(expires_at__gt=clock.now()).first()

    def attach(self, rows: list[Any]) -> None:
        super().attach(rows)
        named = {row.requested_by for row in rows} | {row.decided_by or "" for row in rows}
        staff = name_staff(named)
        member_ids = [m for row in rows if isinstance(m := row.payload.get("member_id"), int)]
        members = name_members(member_ids)
        for row in rows:
            row.names = staff
            row.member_link = members.get(row.payload.get("member_id"))

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            self.attach([found])
        return found

    @admin.display(description=gettext_lazy("change"))
    def title(self, obj: Approval) -> str:
        kind = approvals.find(obj.kind)
        if kind is None:
            return obj.kind
        head = kind.headline(obj.payload)
        return f"{kind.title}: {head}" if head else str(kind.title)

    @admin.display(description=gettext_lazy("what it will do"))
    def what(self, obj: Approval) -> str:
        return _summary(obj).what

    @admin.display(description=gettext_lazy("member"))
    def member(self, obj: Any) -> str:
        if obj.member_link is None:
            return "–"
        number, url = obj.member_link
        return format_html('<a href="{}">{}</a>', url, number)

    @badge(
        title=gettext_lazy("state"),
        colors={
            "waiting": "info",
            "approved": "success",
            "refused": "danger",
            "stale": "warning",
            "expired": "warning",
        },
    )
    def shown_state(self, obj: Approval) -> tuple[str, str]:
        late = obj.state == State.WAITING and obj.expires_at <= clock.now()
        state = str(State.EXPIRED) if late else obj.state
        return state, state_words().get(state, state)

    @admin.display(description=gettext_lazy("state"))
    def state_word(self, obj: Approval) -> str:
        return self.shown_state(obj)[1]

    @admin.display(description=gettext_lazy("asked by"))
    def asked_by(self, obj: Any) -> str:
        return str(obj.names.get(obj.requested_by, obj.requested_by))

    @admin.display(description=gettext_lazy("answered by"))
    def answered_by(self, obj: Any) -> str:
        return str(obj.names.get(obj.decided_by, obj.decided_by or "–"))

    @admin.display(description=gettext_lazy("age"), ordering="requested_at")
    def age(self, obj: Approval) -> str:
        return timesince(obj.requested_at, clock.now(), depth=1)

    @admin.display(description=gettext_lazy("time left"), ordering="expires_at")
    def time_left(self, obj: Approval) -> str:
        now: datetime = clock.now()
        if obj.state != State.WAITING or obj.expires_at <= now:
            return "–"
        return timeuntil(obj.expires_at, now, depth=1)

    @admin.display(description=gettext_lazy("last attempt"))
    def last_problem(self, obj: Approval) -> str:
        return obj.problem or "–"

    @admin.display(description=gettext_lazy("outcome"))
    def outcome(self, obj: Approval) -> str:
        """Lead to what the change left behind, where its executor says so."""
        link = str((obj.result or {}).get("link", ""))
        return format_html('<a href="{}">{}</a>', link, _("Open")) if link else "–"

    def tables(self, request: HttpRequest, obj: Approval) -> list[Table]:
        shown = _touched(obj) if obj.state == State.WAITING else []
        return [*shown, self._history(obj)]

    def _history(self, obj: Approval) -> Table:
        lines = AuditRecord.objects.filter(target=f"approval:{obj.pk}").order_by("id")[:50]
        names = name_staff({line.actor for line in lines})
        acts = act_words()
        return Table(
            title=_("History"),
            headers=[_("When"), _("What"), _("By"), _("Said")],
            rows=[
                [
                    line.recorded_at,
                    acts.get(line.action, line.action),
                    names.get(line.actor, line.actor),
                    line.reason,
                ]
                for line in lines
            ],
        )

    @_button(gettext_lazy("Approve"), path="approve", icon="check", permission="decide")
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(
            request, object_id, approve=True, said=_("Approved and done."), form_class=NoteForm
        )

    @_button(gettext_lazy("Refuse"), path="refuse", icon="block", permission="decide")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(
            request, object_id, approve=False, said=_("Refused."), form_class=RefusalForm
        )

    @_button(gettext_lazy("Withdraw"), path="withdraw", icon="undo", permission="withdraw")
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        approval = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            approvals.withdraw(
                approval_id=approval.pk,
                requester=actor(request),
                note=values["note"],
                now=clock.now(),
            )
            return _("Withdrawn.")

        return self._ask(request, approval, _("Withdraw the request"), NoteForm, act)

    def _decide(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        approve: bool,
        said: str,
        form_class: type[forms.Form],
    ) -> HttpResponse:
        approval = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            approvals.decide(
                approval_id=approval.pk,
                approver=actor(request),
                approve=approve,
                note=values["note"],
                now=clock.now(),
            )
            return said

        title = _("Approve the change") if approve else _("Refuse the change")
        return self._ask(request, approval, title, form_class, act)

    def _ask(
        self,
        request: HttpRequest,
        approval: Approval,
        title: str,
        form_class: type[forms.Form],
        act: Callable[[dict[str, Any]], str],
    ) -> HttpResponse:
        return ask(
            self,
            request,
            title=title,
            form_class=form_class,
            act=act,
            done=reverse("admin:kernel_approval_changelist"),
            explain=_in_words(_summary(approval)),
        )


def _summary(approval: Approval) -> Summary:
    kind: Kind | None = approvals.find(approval.kind)
    return kind.summary(approval.payload) if kind else Summary(what=approval.kind)


def _in_words(summary: Summary) -> str:
    """Return what it will do and what will change, in one paragraph."""
    changes = [f"{c.label}: {c.before} → {c.after}" for c in summary.changes]
    return " · ".join([summary.what, *changes])


def _touched(approval: Approval) -> list[Table]:
    summary = _summary(approval)
    return [
        Table(
            title=_("What it will touch"),
            headers=[_("What")],
            rows=[[Link(t.text, t.url) if t.url else t.text] for t in summary.touches],
        ),
        Table(
            title=_("Before and after"),
            headers=[_("Figure"), _("Before"), _("After")],
            rows=[[c.label, c.before, c.after] for c in summary.changes],
        ),
    ]
