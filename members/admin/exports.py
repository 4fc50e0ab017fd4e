"""Console: files that staff take out of here, how far they are, and who agreed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.kernel import clock, words
from config.kernel.console import (
    ReadOnlyAdmin,
    ReasonForm,
    action,
    actor,
    ask,
    badge,
    by_word,
    found_or_404,
    name_actors,
    programme_words,
    record_url,
)
from members import models, services, tasks

words.call(models.ExportRun, gettext_lazy("export"), gettext_lazy("exports"))
State = models.ExportRun.State


def state_words() -> dict[str, str]:
    """Return how far an export can be."""
    return {
        State.ASKED: _("Waits for a second person"),
        State.WAITING: _("Waits for a worker"),
        State.RUNNING: _("Being written"),
        State.DONE: _("Ready"),
        State.CANCELLED: _("Cancelled"),
        State.EXPIRED: _("Its time is over"),
    }


def kind_words() -> dict[str, str]:
    """Return what can be exported."""
    return {kind.code: str(kind.title) for kind in services.list_export_kinds()}


class ExportForm(ReasonForm):
    """What to take, and why."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=lambda: list(kind_words().items()),
        widget=UnfoldAdminSelectWidget,
    )
    programme = forms.ChoiceField(
        label=gettext_lazy("Programme"),
        choices=lambda: [("", _("All")), *programme_words().items()],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        help_text=gettext_lazy("Members by the day they joined, orders by the day of the order."),
    )
    until = forms.DateField(
        label=gettext_lazy("Through"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )
    field_order = ("kind", "programme", "since", "until", "reason")

    def clean(self) -> dict[str, Any]:
        """Refuse spans that hold nothing."""
        values = dict(super().clean() or {})
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", _("The end lies before the beginning."))
        return values


def _told(values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if values["programme"]:
        found["programme"] = int(values["programme"])
    if values["since"]:
        found["since"] = _midnight(values["since"]).isoformat()
    if values["until"]:
        found["until"] = _midnight(values["until"] + timedelta(days=1)).isoformat()
    return found


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_current_timezone())


@admin.register(models.ExportRun)
class ExportRunAdmin(ReadOnlyAdmin):
    """Exports, newest first: one's own; whoever keeps them sees all."""

    icon = "download"
    list_display = ("asked_at", "who", "what", "shown_state", "progress", "reason", "downloads")
    list_filter = (by_word("state", state_words), by_word("kind", kind_words))
    ordering = ("-id",)
    fields = (
        "asked_at",
        "who",
        "what",
        "shown_state",
        "progress",
        "in_clear",
        "reason",
        "file_name",
        "downloads",
        "expires_at",
    )
    readonly_fields = fields
    actions_list = ("new",)
    actions_detail = ("download", "cancel")
    nothing_yet = gettext_lazy("Nobody has taken a file out of here.")

    def _sees_all(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("members.view_exportrun"))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let whoever may export see their own; `view_exportrun` sees all."""
        return self.has_new_permission(request) or self._sees_all(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_new_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell whether this operator may export."""
        return bool(request.user.has_perm("members.export_members"))

    def has_download_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell whether the file is there, and theirs."""
        run = self.get_object(request, str(object_id)) if object_id else None
        if run is None or not self.has_new_permission(request):
            return False
        mine = run.user_id == request.user.pk
        return bool(mine and run.state == State.DONE and run.expires_at > clock.now())

    def has_cancel_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell whether there is something to stop, by its owner or by whoever keeps them."""
        run = self.get_object(request, str(object_id)) if object_id else None
        if run is None or run.state in (State.CANCELLED, State.EXPIRED):
            return False
        return run.user_id == request.user.pk or self.has_operate_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.ExportRun]:
        rows: QuerySet[models.ExportRun] = super().get_queryset(request)
        return rows if self._sees_all(request) else rows.filter(user_id=int(request.user.pk or 0))

    def attach(self, rows: list[Any]) -> None:
        names = name_actors([f"staff:{row.user_id}" for row in rows])
        for row in rows:
            row.staff = names.get(f"staff:{row.user_id}", f"staff:{row.user_id}")

    @admin.display(description=gettext_lazy("staff"))
    def who(self, obj: Any) -> str:
        return str(obj.staff)

    @admin.display(description=gettext_lazy("what"))
    def what(self, obj: models.ExportRun) -> str:
        return kind_words().get(obj.kind, obj.kind)

    @badge(
        title=gettext_lazy("state"),
        colors={"asked": "warning", "running": "info", "done": "success", "cancelled": "danger"},
    )
    def shown_state(self, obj: models.ExportRun) -> tuple[str, str]:
        return obj.state, state_words().get(obj.state, obj.state)

    @admin.display(description=gettext_lazy("rows"))
    def progress(self, obj: models.ExportRun) -> str:
        if obj.state in (State.DONE, State.EXPIRED):
            return f"{obj.rows:,}"
        if obj.state == State.RUNNING:
            return format_html("{} …", f"{obj.written:,}")
        return f"> {services.EXPORT_ALONE}" if obj.rows > services.EXPORT_ALONE else f"{obj.rows:,}"

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = super().changeform_view(request, *args, **kwargs)
        # While it is written the page keeps itself up to date, with or without scripts.
        run = (getattr(answer, "context_data", None) or {}).get("original")
        if run is not None and run.state in (State.WAITING, State.RUNNING):
            answer["Refresh"] = "5"
        return answer

    @action(title=gettext_lazy("New export"), path="new", icon="download", permission="new")
    def new(self, request: HttpRequest) -> HttpResponse:
        def act(values: dict[str, Any]) -> HttpResponse:
            run = services.start_bulk_export(
                kind=values["kind"],
                told=_told(values),
                user_id=int(request.user.pk or 0),
                reason=values["reason"],
                now=clock.now(),
            )
            if run.state == State.WAITING:
                tasks.send_bulk_exports()
            return HttpResponseRedirect(record_url(models.ExportRun, run.pk))

        return ask(
            self,
            request,
            title=_("Export to a file"),
            form_class=ExportForm,
            initial={"kind": request.GET.get("kind", "")},
            act=act,
            done=reverse("admin:members_exportrun_changelist"),
            explain=_(
                "Up to 100 rows are written at once; more wait for a second person. Personal data"
                " is masked unless you hold a grant. Each row says who took it and when, and the"
                " file is gone after 7 days."
            ),
            button=_("Export"),
        )

    @action(title=gettext_lazy("Download"), path="download", icon="download", permission="download")
    def download(self, request: HttpRequest, object_id: str) -> HttpResponse:
        run = found_or_404(self, request, object_id)
        name, parts = services.open_bulk_export(
            run_id=run.pk, user_id=int(request.user.pk or 0), now=clock.now()
        )
        answer = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["Cache-Control"] = "no-store"
        return answer  # type: ignore[return-value]

    @action(title=gettext_lazy("Cancel"), path="cancel", icon="cancel", permission="cancel")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        run = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.cancel_bulk_export(
                run_id=run.pk, actor=actor(request), reason=values["reason"], now=clock.now()
            )
            return _("Cancelled; the file is deleted.")

        return ask(
            self,
            request,
            title=_("Cancel the export"),
            form_class=ReasonForm,
            act=act,
            done=record_url(models.ExportRun, run.pk),
            dangerous=True,
        )
