"""Console: the inbox of changes that wait for a second person, and what became of others.

Operators see the kinds they may decide and whatever they asked for themselves; who holds
`kernel.view_approval` sees all.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import approvals, clock, words
from config.kernel.approvals.deciding import DecidingAdmin, decidable
from config.kernel.approvals.telling import act_words, state_words, summary_of, touched
from config.kernel.console import Table, actor, badge, name_actors, name_members, sees_all
from config.kernel.models import Approval, AuditRecord

State = Approval.State

words.call(Approval, gettext_lazy("request for approval"), gettext_lazy("approvals"))


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


@admin.register(Approval)
class ApprovalAdmin(DecidingAdmin):
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
        if not sees_all(request):
            return rows.filter(requested_by=actor(request))
        if request.user.has_perm("kernel.view_approval"):
            return rows
        return rows.filter(Q(kind__in=decidable(request.user)) | Q(requested_by=actor(request)))

    def attach(self, rows: list[Any]) -> None:
        super().attach(rows)
        staff = name_actors(
            [who for row in rows for who in (row.requested_by, row.decided_by) if who]
        )
        member_ids = [m for row in rows if isinstance(m := row.payload.get("member_id"), int)]
        members = name_members(member_ids)
        for row in rows:
            row.names = staff
            row.member_link = members.get(row.payload.get("member_id"))

    @admin.display(description=gettext_lazy("change"))
    def title(self, obj: Approval) -> str:
        kind = approvals.find(obj.kind)
        if kind is None:
            return obj.kind
        head = kind.headline(obj.payload)
        told = {"change": kind.title, "what": head}
        return _("%(change)s: %(what)s") % told if head else str(kind.title)

    @admin.display(description=gettext_lazy("what it will do"))
    def what(self, obj: Approval) -> str:
        return summary_of(obj).what

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
        shown = touched(obj) if obj.state == State.WAITING else []
        return [*shown, self._history(obj)]

    def _history(self, obj: Approval) -> Table:
        lines = AuditRecord.objects.filter(target=f"approval:{obj.pk}").order_by("id")[:50]
        names = name_actors([line.actor for line in lines])
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
