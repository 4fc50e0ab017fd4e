"""Console: the ledger's entries. Nothing here can be changed, by anyone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action as unfold_action

from config.kernel import clock, ids, numerals
from config.kernel.console import (
    Link,
    SourcedAdmin,
    Table,
    action,
    actor,
    ask,
    by_word,
    figure,
    found_or_404,
    is_small,
    name_sources,
    newest,
    record_url,
    sees_all,
    spread_key,
    when,
    why_table,
    word,
)
from config.kernel.errors import NotFoundError
from members.programmes import selectors as programmes_selectors
from points import models, services
from points.admin import correcting, exporting, searching
from points.admin.wording import counter_words, currency_words, kind_words
from points.selectors.corrections import has_corrected, sum_reversed
from points.types import Kind, Rehearsal


class _ProgrammeFilter(admin.SimpleListFilter):
    """Entries of one programme: an entry knows its account, the account its programme."""

    title = gettext_lazy("programme")
    parameter_name = "programme"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(p.id), p.code) for p in programmes_selectors.list_programmes()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = numerals.read(self.value())
        if chosen is None:
            return queryset
        accounts = models.Account.objects.filter(
            member_id=OuterRef("member_id"), id=OuterRef("account_id"), programme_id=chosen
        )
        return queryset.filter(Exists(accounts))


@admin.register(models.Entry)
class EntryAdmin(SourcedAdmin):
    """Ledger entries, newest first. Nothing here can be changed, by anyone."""

    list_display = (
        "recorded_at",
        "member",
        "shown_currency",
        "kind_word",
        "shown_points",
        "shown_balance",
        "shown_source",
        "reason",
    )
    list_filter = (by_word("kind", kind_words), _ProgrammeFilter)
    shown_currency = word("currency", currency_words, title=gettext_lazy("currency"))
    shown_counter = word("counter", counter_words, title=gettext_lazy("counter-account"))

    shown_available = figure("available")
    shown_pending = figure("pending")
    shown_held = figure("held")
    shown_debt = figure("debt")
    shown_balance = figure("balance_after")

    newest_first = ("-recorded_at", "-id")
    search_help_text = gettext_lazy("Member number, mem_ id, ent_ id, phone or e-mail")
    fields = (
        "public_id",
        "member",
        "shown_currency",
        "kind_word",
        "shown_counter",
        "shown_points",
        "shown_available",
        "shown_pending",
        "shown_held",
        "shown_debt",
        "shown_balance",
        "shown_source",
        "rule",
        "reason",
        "actor",
        "reverses",
        "cause",
        "idem_key",
        "occurred_at",
        "recorded_at",
    )
    readonly_fields = fields

    actions_detail = ("reverse_entry",)
    actions_list = ("search_ledger",)

    def has_search_permission(self, request: HttpRequest) -> bool:
        """Tell whether the whole ledger may be searched."""
        return sees_all(request)

    @unfold_action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Search"),
        url_path="to-search",
        icon="search",
        permissions=["search"],
    )
    def search_ledger(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:points_entry_search"))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        mine = [
            path("search", wrap(self.search), name="points_entry_search"),
            path("export", wrap(self.export), name="points_entry_export"),
            path("file/<int:approval_id>", wrap(self.download), name="points_entry_file"),
        ]
        return [*mine, *super().get_urls()]

    def search(self, request: HttpRequest) -> HttpResponse:
        """Search the whole ledger."""
        self._may_view(request)
        return searching.search(self, request)

    def export(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file of what a search finds."""
        self._may_view(request)
        return exporting.export(self, request)

    def download(self, request: HttpRequest, approval_id: int) -> HttpResponse:
        """Hand out an approved file."""
        self._may_view(request)
        return exporting.download(request, approval_id)

    def _may_view(self, request: HttpRequest) -> None:
        # The search reads the whole ledger: whoever sees one store has the list for it.
        if not self.has_view_permission(request) or not sees_all(request):
            raise PermissionDenied

    @action(title=gettext_lazy("Reverse"), path="reverse", icon="undo")
    def reverse_entry(self, request: HttpRequest, object_id: str) -> HttpResponse:
        entry = found_or_404(self, request, object_id)
        account = models.Account.objects.get(member_id=entry.member_id, id=entry.account_id)
        where: dict[str, Any] = {
            "member_id": entry.member_id,
            "programme_id": account.programme_id,
            "entry_id": entry.pk,
            "actor": actor(request),
        }

        def rehearse(values: dict[str, Any]) -> Rehearsal | None:
            if has_corrected(member_id=entry.member_id, key=values["key"]):
                return None
            return services.rehearse_reversal(points=values["points"], now=clock.now(), **where)

        def act(values: dict[str, Any]) -> str:
            done = services.reverse_by_hand(
                points=values["points"],
                code=values["code"],
                reason=values["reason"],
                key=values["key"],
                now=clock.now(),
                **where,
            )
            return correcting.said(done)

        left = abs(entry.points) - sum_reversed(member_id=entry.member_id, entry_id=entry.pk)
        return ask(
            self,
            request,
            title=_("Reverse an entry of %(points)s points") % {"points": f"{entry.points:+,}"},
            form_class=correcting.with_rehearsal(correcting.ReversalForm, rehearse),
            initial=correcting.fresh(points=max(left, 1)),
            act=act,
            done=record_url(models.Entry, spread_key(entry)),
            explain=_("%(points)s points of it are left to reverse.") % {"points": f"{left:,}"},
            preview=correcting.previewed,
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Entry]:
        rows: QuerySet[models.Entry] = super().get_queryset(request)
        match = request.resolver_match
        narrowed = {"member_id", "q", "occurred_at__gte"} & {k for k, v in request.GET.items() if v}
        if match is not None and match.url_name == "points_entry_changelist" and not narrowed:
            return rows if is_small(models.Entry) else newest(rows, field="recorded_at")
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[models.Entry], search_term: str
    ) -> tuple[QuerySet[models.Entry], bool]:
        term = search_term.strip()
        if term.startswith("ent_"):
            try:
                place = ids.decode("ent", term)
            except NotFoundError:
                return queryset.none(), False
            return queryset.filter(member_id=place.member_id, id=place.row_id), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=gettext_lazy("public id"))
    def public_id(self, obj: models.Entry) -> str:
        return ids.encode("ent", member_id=obj.member_id, row_id=obj.pk)

    @admin.display(description=gettext_lazy("kind"))
    def kind_word(self, obj: models.Entry) -> str:
        return kind_words().get(obj.kind, obj.kind)

    @admin.display(description=gettext_lazy("points"))
    def shown_points(self, obj: models.Entry) -> str:
        return f"{obj.points:+,}" if obj.points else "0"

    def title_of(self, obj: models.Entry) -> str:
        return f"{kind_words().get(obj.kind, obj.kind)} {obj.points:+,}"

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        # What `newest` leaves can always be sorted.
        return self.newest_first

    @admin.display(description=gettext_lazy("currency"))
    def currency(self, obj: Any) -> str:
        return str(obj.currency)

    def attach(self, rows: list[models.Entry]) -> None:
        super().attach(rows)
        accounts = models.Account.objects.filter(
            member_id__in={row.member_id for row in rows},
            id__in={row.account_id for row in rows},
        )
        currencies = dict(accounts.values_list("id", "currency"))
        for row in rows:
            row.currency = currencies.get(row.account_id, "")  # type: ignore[attr-defined]

    def tables(self, request: HttpRequest, obj: models.Entry) -> list[Table]:
        lots = models.Lot.objects.filter(member_id=obj.member_id, id__in=obj.lots)
        ends = {lot.pk: lot for lot in lots}
        moved = obj.lot_moved or [0] * len(obj.lots)
        shown = [
            Table(
                title=_("Lots it touched"),
                headers=[_("Lot"), _("Points"), _("Moved within"), _("Expires")],
                rows=[
                    [
                        Link(str(lot), record_url(models.Lot, spread_key(ends[lot])))
                        if lot in ends
                        else lot,
                        f"{points:+,}" if points else "0",
                        f"{inside:+,}" if inside else "0",
                        _end(ends.get(lot)),
                    ]
                    for lot, points, inside in zip(obj.lots, obj.lot_points, moved, strict=True)
                ],
            )
        ]
        if obj.kind == Kind.EARN:
            shown[:0] = why_table(member_id=obj.member_id, source=obj.source)
        shown += self._reversals(obj)
        kin = models.Entry.objects.filter(member_id=obj.member_id, source=obj.source)
        shown.append(
            Table(
                title=_("Everything under %(source)s")
                % {"source": name_sources([obj.source]).get(obj.source, (obj.source,))[0]},
                headers=[_("When"), _("Kind"), _("Points"), _("Reason")],
                rows=[
                    [
                        Link(when(e.occurred_at), record_url(models.Entry, spread_key(e))),
                        kind_words().get(e.kind, e.kind),
                        f"{e.points:+,}" if e.points else "0",
                        e.reason,
                    ]
                    for e in kin.order_by("id")[:50]
                ],
            )
        )
        return shown

    def _reversals(self, obj: models.Entry) -> list[Table]:
        """Return what it reverses and what has reversed it, as links."""
        mine = models.Entry.objects.filter(member_id=obj.member_id)
        found = [
            (_("What it reverses"), mine.filter(pk=obj.reverses) if obj.reverses else []),
            (_("What has reversed it"), mine.filter(reverses=obj.pk).order_by("id")[:50]),
        ]
        return [
            Table(
                title=title,
                headers=[_("When"), _("Kind"), _("Points"), _("Settles"), _("Cause")],
                rows=[
                    [
                        Link(when(e.occurred_at), record_url(models.Entry, spread_key(e))),
                        kind_words().get(e.kind, e.kind),
                        f"{e.points:+,}",
                        "–" if e.settles is None else f"{e.settles:,}",
                        e.cause or "–",
                    ]
                    for e in rows
                ],
            )
            for title, rows in found
            if rows
        ]


def _end(lot: models.Lot | None) -> str:
    return when(lot.expires_at) if lot is not None and lot.expires_at else "–"
