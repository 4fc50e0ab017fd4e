"""Console: imports of order files, how far they are and what they refused."""

from __future__ import annotations

import csv
import itertools
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.kernel import clock
from config.kernel.console import (
    ReadOnlyAdmin,
    Table,
    action,
    actor,
    ask,
    badge,
    by_word,
    change,
    figure,
    found_or_404,
    name_actors,
    record_url,
    storefront_name,
    storefront_words,
)
from loyalty.settlement import models, selectors, tasks, uploads
from loyalty.settlement.admin.forms import ImportForm
from loyalty.settlement.admin.wording import reason_words
from loyalty.settlement.importing.errors import FileUnreadableError
from loyalty.settlement.services import imports


@admin.register(models.ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    """Imports, newest first."""

    list_display = (
        "file_name",
        "storefront",
        "shown_state",
        "progress",
        "shown_lines",
        "started_at",
        "ended_at",
        "who",
    )
    list_filter = ("state", by_word("storefront_id", storefront_words))
    ordering = ("-started_at", "-id")
    fields = (
        "file_name",
        "storefront",
        "state_word",
        "progress",
        "remaining",
        "shown_lines",
        "who",
        "started_at",
        "ended_at",
    )
    readonly_fields = fields
    shown_lines = figure("lines")
    actions_list = ("new_import",)
    actions_detail = ("rejects", "go_on", "cancel")

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.ImportRun]:
        rows: QuerySet[models.ImportRun] = super().get_queryset(request)
        return rows.annotate(
            all_lines=Sum("chunks__lines"),
            done_lines=Sum("chunks__lines", filter=Q(chunks__done_at__isnull=False)),
            parts=Count("chunks"),
        )

    @admin.display(description=gettext_lazy("storefront"))
    def storefront(self, obj: models.ImportRun) -> str:
        return storefront_name(obj.storefront_id)

    def attach(self, rows: list[Any]) -> None:
        names = name_actors([row.actor for row in rows])
        for row in rows:
            row.actor_name = names.get(row.actor, row.actor)

    @admin.display(description=gettext_lazy("started by"))
    def who(self, obj: Any) -> str:
        return str(obj.actor_name)

    @admin.display(description=gettext_lazy("state"))
    def state_word(self, obj: models.ImportRun) -> str:
        return str(obj.get_state_display())

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, obj: Any) -> str:
        percent = _percent(obj)
        return format_html(
            '<progress class="ck-progress" max="100" value="{0}" aria-label="{1}"></progress>'
            ' <span class="ck-number">{0} %</span>',
            percent,
            _("progress"),
        )

    @admin.display(description=gettext_lazy("time left"))
    def remaining(self, obj: Any) -> str:
        """Tell how long the rest takes at the pace so far."""
        if obj.state != models.ImportRun.State.RUNNING:
            return "–"
        pace = selectors.get_pace(run_id=obj.pk, now=clock.now())
        if pace.seconds_left is None:
            return _("unknown until the first part is in")
        minutes = max(1, round(pace.seconds_left / 60))
        return ngettext("about %(n)d minute", "about %(n)d minutes", minutes) % {"n": minutes}

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = super().changeform_view(request, *args, **kwargs)
        # While it runs the page keeps itself up to date, with or without scripts.
        shown = getattr(answer, "context_data", None) or {}
        run = shown.get("original")
        if run is not None and run.state == models.ImportRun.State.RUNNING:
            answer["Refresh"] = "5"
        return answer

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer only what the import's state allows."""
        found = super().get_actions_detail(request, object_id)
        run = self.get_object(request, unquote(str(object_id)))
        hidden = {"done": ("go_on", "cancel"), "cancelled": ("cancel",)}
        gone = hidden.get(run.state, ()) if run else ()
        return [action for action in found if not action.action_name.endswith(gone or ("\0",))]

    @badge(
        title=gettext_lazy("state"),
        colors={"running": "info", "done": "success", "cancelled": "warning"},
    )
    def shown_state(self, obj: models.ImportRun) -> tuple[str, str]:
        return obj.state, obj.get_state_display()

    @action(title=gettext_lazy("Import a file"), path="new", icon="upload_file")
    def new_import(self, request: HttpRequest) -> HttpResponse:
        def act(values: dict[str, Any]) -> HttpResponse:
            run_id = uploads.start(
                upload=values["file"],
                options=imports.ImportOptions(
                    storefront=values["storefront"],
                    mapping=values["mapping"],
                    shift_to=values["shift_to"],
                ),
                actor=actor(request),
                now=clock.now(),
            )
            tasks.send(run_id)
            return HttpResponseRedirect(record_url(models.ImportRun, run_id))

        return ask(
            self,
            request,
            title=_("Import a file of orders"),
            form_class=ImportForm,
            act=act,
            done=reverse("admin:settlement_importrun_changelist"),
            explain=_(
                "Orders, members, points and tiers come from it as if the shop had reported"
                " them. The same file with the same choices is never imported twice."
            ),
            button=_("Start the import"),
        )

    @action(title=gettext_lazy("Go on"), path="resume", icon="play_arrow")
    def go_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        run = found_or_404(self, request, object_id)

        def resume(**told: Any) -> None:
            if not uploads.is_here(run.pk):
                raise FileUnreadableError(_("its file is not here; go on with import_orders"))
            if run.state == models.ImportRun.State.CANCELLED:
                imports.resume_import(run_id=run.pk, **told)
            tasks.send(run.pk)

        return change(
            self,
            request,
            run,
            title=_("Go on with the import of %(file)s") % {"file": run.file_name},
            run=resume,
            said=_("The import goes on where it stopped."),
            button=_("Go on"),
        )

    @action(title=gettext_lazy("Cancel"), path="cancel", icon="cancel")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        run = found_or_404(self, request, object_id)
        return change(
            self,
            request,
            run,
            title=_("Cancel the import of %(file)s") % {"file": run.file_name},
            run=partial(imports.cancel_import, run_id=run.pk),
            said=_("The import stops after the part it is at. What is in stays in."),
            explain=_("What is in stays in: orders are not taken back. It can go on later."),
            button=_("Cancel the import"),
            dangerous=True,
            tables=self.tables(request, run),
        )

    @action(title=gettext_lazy("Refused lines"), path="rejects", icon="download")
    def rejects(self, request: HttpRequest, object_id: str) -> StreamingHttpResponse:
        """Send the refused lines with their reasons as a CSV file."""
        run = found_or_404(self, request, object_id)
        rows = itertools.chain([("line", "reason")], uploads.list_rejects(run.pk))
        writer = csv.writer(_Echo())
        answer = StreamingHttpResponse(
            (writer.writerow(row) for row in rows), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="import-{run.pk}-rejects.csv"'
        return answer

    def tables(self, request: HttpRequest, obj: models.ImportRun) -> list[Table]:
        found = selectors.get_import(run_id=obj.pk)
        figures = (found.imported, found.orders, found.refunds, found.members)
        return [
            Table(
                title=_("So far") if obj.state == obj.State.RUNNING else _("Result"),
                note=_told(obj),
                headers=[_("Lines imported"), _("Orders"), _("Refunds"), _("New members")],
                rows=[[f"{figure:,}" for figure in figures]],
            ),
            Table(
                title=_("Lines refused, by reason"),
                headers=[_("Reason"), _("Lines")],
                rows=[
                    [reason_words().get(reason, reason), f"{count:,}"]
                    for reason, count in found.rejected.most_common()
                ],
                empty=_("None."),
            ),
        ]


def _told(run: models.ImportRun) -> str:
    """Say where an import stands, and what can be done."""
    if run.state == run.State.DONE:
        return _("All of it is in. Refused lines can be downloaded with their reasons.")
    if run.state == run.State.CANCELLED:
        return _("It was cancelled. Press “Go on” to import the rest.")
    return _("It runs in the background: this page may be closed, and brings itself up to date.")


class _Echo:
    """A file that hands back what is written, so that a large list is never held whole."""

    def write(self, value: str) -> str:
        return value


def _percent(run: Any) -> int:
    if not run.all_lines:
        return 100 if run.state == models.ImportRun.State.DONE else 0
    return int(100 * (run.done_lines or 0) // run.all_lines)
