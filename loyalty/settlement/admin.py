"""Console: imports of order files, how far they are and what they refused."""

from __future__ import annotations

import csv
import itertools
import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Q, QuerySet, Sum
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from config.kernel import clock
from config.kernel.console import (
    ReadOnlyAdmin,
    ReasonForm,
    Table,
    action,
    actor,
    ask,
    badge,
    by_word,
    found_or_404,
    name_actors,
    record_url,
    storefront_name,
    storefront_words,
)
from config.kernel.errors import DomainError
from loyalty.settlement import models, selectors, tasks, uploads
from loyalty.settlement.importing import mapping as mappings
from loyalty.settlement.importing.errors import FileUnreadableError
from loyalty.settlement.importing.mapping import Mapping
from loyalty.settlement.services import imports
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Storefront


def reason_words() -> dict[str, str]:
    """Return why lines are refused."""
    return {
        "adjustment": _("Not goods: postage, fees, corrections"),
        "bad_date": _("The date cannot be read"),
        "bad_price": _("The price cannot be read"),
        "bad_quantity": _("The quantity cannot be read"),
        "cancel_not_tied": _("Takes back what was not bought"),
        "cancel_of_nothing": _("A cancelling line with a quantity above zero"),
        "malformed": _("The line cannot be read"),
        "no_customer": _("No customer"),
        "no_order_number": _("No order number"),
        "no_sku": _("No article"),
        "other_customer": _("The order belongs to another customer"),
        "price_not_positive": _("The price is not above zero"),
        "quantity_not_positive": _("The quantity is not above zero"),
        "too_long": _("A value is too long"),
        "too_many_lines": _("The order has too many lines"),
    }


class ImportForm(forms.Form):
    """A file of order lines and what to make of it."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy("CSV, CSV.gz or Parquet, one line for each line of an order."),
    )
    storefront = forms.ChoiceField(
        label=gettext_lazy("Storefront"), choices=list, widget=UnfoldAdminSelectWidget
    )
    mapping = forms.FileField(
        label=gettext_lazy("Mapping of columns"),
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy(
            "A .toml or .json file that says which column means what."
            " Empty: the columns of UCI Online Retail."
        ),
    )
    shift_to = forms.DateField(
        label=gettext_lazy("Move the newest line to"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        help_text=gettext_lazy("Moves all dates by whole days. Empty: dates stay as they are."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = [
            (shop.code, f"{shop.name} ({shop.code})")
            for programme in programmes_selectors.list_programmes()
            for shop in programmes_selectors.list_storefronts(programme.id)
        ]
        self.fields["storefront"].choices = shops  # type: ignore[attr-defined]

    def clean_storefront(self) -> Storefront:
        """Return the storefront that is chosen."""
        found = programmes_selectors.find_storefront(self.cleaned_data["storefront"])
        if found is None:
            raise forms.ValidationError(_("This storefront is gone."))
        return found

    def clean_file(self) -> UploadedFile[Any]:
        """Refuse what is too large to be taken while someone waits."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > settings.IMPORT_UPLOAD_LIMIT:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB; use the command import_orders.")
                % {"limit": settings.IMPORT_UPLOAD_LIMIT // 1024 // 1024}
            )
        return file

    def clean_mapping(self) -> Mapping:
        """Read the mapping; what is wrong with it is said at its field."""
        given = self.cleaned_data["mapping"]
        if not given:
            return mappings.load(mappings.DEFAULT)
        with tempfile.TemporaryDirectory(prefix="mapping-") as folder:
            path = Path(folder) / ("mapping.json" if given.name.endswith(".json") else "m.toml")
            path.write_bytes(given.read(1 << 20))
            try:
                return mappings.load(path)
            except (DomainError, UnicodeDecodeError) as wrong:
                raise forms.ValidationError(str(wrong)) from wrong


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
        "lines",
        "who",
        "started_at",
        "ended_at",
    )
    readonly_fields = fields
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

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            self.attach([found])
        return found

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

        def act(values: dict[str, Any]) -> str:
            if not uploads.is_here(run.pk):
                raise FileUnreadableError(_("its file is not here; go on with import_orders"))
            if run.state == models.ImportRun.State.CANCELLED:
                imports.resume_import(
                    run_id=run.pk,
                    actor=actor(request),
                    reason=values["reason"],
                    now=clock.now(),
                )
            tasks.send(run.pk)
            return _("The import goes on where it stopped.")

        return ask(
            self,
            request,
            title=_("Go on with the import of %(file)s") % {"file": run.file_name},
            form_class=ReasonForm,
            act=act,
            done=record_url(models.ImportRun, run.pk),
            button=_("Go on"),
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
            explain=_("What is in stays in: orders are not taken back. It can go on later."),
            button=_("Cancel the import"),
            dangerous=True,
            tables=self.tables(request, run),
        )

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
