"""Console: imports of order files, how far they are and what they refused."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import clock
from config.kernel.console import (
    ReadOnlyAdmin,
    ReasonForm,
    Table,
    action,
    actor,
    ask,
    badge,
    found_or_404,
    record_url,
)
from loyalty.settlement import models, selectors
from loyalty.settlement.services import imports
from members.programmes import selectors as programmes_selectors


@admin.register(models.ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    """Imports, newest first."""

    list_display = (
        "file_name",
        "storefront",
        "shown_state",
        "progress",
        "lines",
        "started_at",
        "ended_at",
        "actor",
    )
    list_filter = ("state",)
    ordering = ("-started_at", "-id")
    fields = (
        "file_name",
        "storefront",
        "state",
        "progress",
        "lines",
        "actor",
        "started_at",
        "ended_at",
    )
    readonly_fields = fields
    actions_detail = ("cancel",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.ImportRun]:
        rows: QuerySet[models.ImportRun] = super().get_queryset(request)
        return rows.annotate(
            all_lines=Sum("chunks__lines"),
            done_lines=Sum("chunks__lines", filter=Q(chunks__done_at__isnull=False)),
            parts=Count("chunks"),
        )

    @admin.display(description=gettext_lazy("storefront"))
    def storefront(self, obj: models.ImportRun) -> str:
        return programmes_selectors.get_storefront(obj.storefront_id).code

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, obj: Any) -> str:
        if not obj.all_lines:
            return "100 %" if obj.state == models.ImportRun.State.DONE else "0 %"
        return f"{100 * (obj.done_lines or 0) // obj.all_lines} %"

    @badge(
        title=gettext_lazy("state"),
        colors={"running": "info", "done": "success", "cancelled": "warning"},
    )
    def shown_state(self, obj: models.ImportRun) -> tuple[str, str]:
        return obj.state, obj.get_state_display()

    @action(title=gettext_lazy("Cancel"), path="cancel", icon="cancel")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        run = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            imports.cancel_import(
                run_id=run.pk, actor=actor(request), reason=values["reason"], now=clock.now()
            )
            return _("The import stops after the part it is at. What is in stays in.")

        return ask(
            self,
            request,
            title=_("Cancel the import of %(file)s") % {"file": run.file_name},
            form_class=ReasonForm,
            act=act,
            done=record_url(models.ImportRun, run.pk),
            button=_("Cancel the import"),
        )

    def tables(self, request: HttpRequest, obj: models.ImportRun) -> list[Table]:
        found = selectors.get_import(run_id=obj.pk)
        return [
            Table(
                title=_("So far"),
                headers=[_("Lines imported"), _("Orders"), _("Refunds"), _("New members")],
                rows=[[found.imported, found.orders, found.refunds, found.members]],
            ),
            Table(
                title=_("Lines refused, by reason"),
                headers=[_("Reason"), _("Lines")],
                rows=[[reason, count] for reason, count in found.rejected.most_common()],
                empty=_("None."),
            ),
        ]
