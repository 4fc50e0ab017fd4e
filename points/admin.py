"""Console: the ledger, read-only, and the one correction by hand."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from config.kernel import audit, clock, ids, words
from config.kernel.console import (
    Link,
    ReasonForm,
    SpreadAdmin,
    Table,
    action,
    actor,
    ask,
    by_word,
    found_or_404,
    is_small,
    name_members,
    newest,
    record_url,
    spread_key,
    when,
    why_table,
    word,
)
from config.kernel.errors import NotFoundError
from members import selectors as members_selectors
from members.programmes import selectors as programmes_selectors
from points import models, services
from points.types import Adjust, Counter, HoldStatus, Kind

words.call(models.Entry, gettext_lazy("ledger entry"), gettext_lazy("ledger"))
words.call(models.Account, gettext_lazy("account"), gettext_lazy("accounts"))
words.call(models.Lot, gettext_lazy("lot"), gettext_lazy("lots"))
words.call(models.Hold, gettext_lazy("reservation"), gettext_lazy("reservations"))


def kind_words() -> dict[str, str]:
    """Return what the kinds of entry are called."""
    return {
        Kind.EARN: _("Earned"),
        Kind.ACTIVATE: _("Now available"),
        Kind.SPEND: _("Spent"),
        Kind.HOLD: _("Set aside"),
        Kind.RELEASE: _("Set free again"),
        Kind.RETURN: _("Given back"),
        Kind.REVERSE: _("Taken back"),
        Kind.EXPIRE: _("Expired"),
        Kind.ADJUST: _("Corrected"),
        Kind.EXCHANGE_OUT: _("Exchanged away"),
        Kind.EXCHANGE_IN: _("Exchanged in"),
        Kind.MERGE: _("Brought together"),
    }


def currency_words() -> dict[str, str]:
    """Return what is counted."""
    return {"points": _("Points"), "growth": _("Growth value")}


def counter_words() -> dict[str, str]:
    """Return what the other side of an entry is called."""
    return {
        Counter.ISSUANCE: _("Issued"),
        Counter.REDEMPTION: _("Redeemed"),
        Counter.EXPIRY: _("Expired"),
        Counter.ADJUSTMENT: _("Corrected"),
        Counter.EXCHANGE: _("Exchanged"),
        Counter.SETTLEMENT: _("Settled"),
        Counter.MERGE: _("Brought together"),
        Counter.OWN: _("Stays with the member"),
    }


def hold_words() -> dict[str, str]:
    """Return what can become of a reservation."""
    return {
        HoldStatus.HELD: _("Set aside"),
        HoldStatus.CAPTURED: _("Spent"),
        HoldStatus.RELEASED: _("Set free again"),
        HoldStatus.LAPSED: _("Lapsed"),
    }


class _ProgrammeFilter(admin.SimpleListFilter):
    """Entries of one programme: an entry knows its account, the account its programme."""

    title = gettext_lazy("programme")
    parameter_name = "programme"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(p.id), p.code) for p in programmes_selectors.list_programmes()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if not value or not value.isdigit():
            return queryset
        accounts = models.Account.objects.filter(
            member_id=OuterRef("member_id"), id=OuterRef("account_id"), programme_id=int(value)
        )
        return queryset.filter(Exists(accounts))


@admin.register(models.Entry)
class EntryAdmin(SpreadAdmin):
    """Ledger entries, newest first. Nothing here can be changed, by anyone."""

    list_display = (
        "recorded_at",
        "member",
        "shown_currency",
        "kind_word",
        "shown_points",
        "balance_after",
        "source",
        "reason",
    )
    list_filter = (by_word("kind", kind_words), _ProgrammeFilter)
    shown_currency = word("currency", currency_words, title=gettext_lazy("currency"))
    shown_counter = word("counter", counter_words, title=gettext_lazy("counter-account"))

    newest_first = ("-recorded_at", "-id")
    search_help_text = gettext_lazy("Member number, mem_ id, ent_ id, phone or e-mail")
    fields = (
        "public_id",
        "member",
        "shown_currency",
        "kind_word",
        "shown_counter",
        "points",
        "available",
        "pending",
        "held",
        "debt",
        "balance_after",
        "source",
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
                        points,
                        inside,
                        ends[lot].expires_at if lot in ends else None,
                    ]
                    for lot, points, inside in zip(obj.lots, obj.lot_points, moved, strict=True)
                ],
            )
        ]
        if obj.kind == Kind.EARN:
            shown[:0] = why_table(member_id=obj.member_id, source=obj.source)
        kin = models.Entry.objects.filter(member_id=obj.member_id, source=obj.source)
        shown.append(
            Table(
                title=_("Everything under %(source)s") % {"source": obj.source},
                headers=[_("When"), _("Kind"), _("Points"), _("Reason")],
                rows=[
                    [
                        Link(when(e.occurred_at), record_url(models.Entry, spread_key(e))),
                        kind_words().get(e.kind, e.kind),
                        e.points,
                        e.reason,
                    ]
                    for e in kin.order_by("id")[:50]
                ],
            )
        )
        return shown


class AdjustForm(ReasonForm):
    """A correction by hand."""

    points = forms.IntegerField(
        label=gettext_lazy("Points"),
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("Below zero takes points away."),
    )
    key = forms.CharField(widget=forms.HiddenInput)
    field_order = ("points", "reason")

    def clean_points(self) -> int:
        """Refuse a correction of nothing."""
        points = int(self.cleaned_data["points"])
        if not points:
            raise forms.ValidationError(_("Zero corrects nothing."))
        return points


@transaction.atomic
def _post_correction(
    *, member_id: int, programme_id: int, currency: str, values: dict[str, Any], actor: str
) -> None:
    now = clock.now()
    outcome = services.post(
        command=Adjust(
            member_id=member_id,
            programme_id=programme_id,
            currency=currency,
            key=f"console:{values['key']}",
            source=f"console:{values['key']}",
            occurred_at=now,
            reason=values["reason"],
            actor=actor,
            points=values["points"],
        ),
        now=now,
    )
    if not outcome.replayed:
        audit.record(
            actor=actor,
            action="points.adjusted",
            target=f"member:{member_id}",
            reason=values["reason"],
            after={"points": values["points"], "currency": currency},
            now=now,
        )


@admin.register(models.Account)
class AccountAdmin(SpreadAdmin):
    """What members have, by currency."""

    list_display = (
        "id",
        "member",
        "shown_currency",
        "available",
        "pending",
        "held",
        "debt",
        "lifetime_earned",
    )
    list_filter = (by_word("currency", currency_words), "programme_id")
    shown_currency = word("currency", currency_words, title=gettext_lazy("currency"))
    actions_detail = ("adjust",)

    @action(title=gettext_lazy("Correct by hand"), path="adjust", icon="exposure")
    def adjust(self, request: HttpRequest, object_id: str) -> HttpResponse:
        account = found_or_404(self, request, object_id)
        return self._correct(
            request,
            member_id=account.member_id,
            programme_id=account.programme_id,
            currency=account.currency,
            available=account.available,
            done=record_url(models.Account, spread_key(account)),
        )

    def get_urls(self) -> list[URLPattern]:
        mine = path(
            "of/<int:member_id>/correct",
            self.admin_site.admin_view(self.correct_member),
            name="points_account_correct",
        )
        return [mine, *super().get_urls()]

    def correct_member(self, request: HttpRequest, member_id: int) -> HttpResponse:
        """Correct a member's points from their page, whether they have an account yet or not."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        member = members_selectors.get_member(member_id=member_id)
        account = models.Account.objects.filter(
            member_id=member_id, programme_id=member.programme_id, currency="points"
        ).first()
        return self._correct(
            request,
            member_id=member_id,
            programme_id=member.programme_id,
            currency="points",
            available=account.available if account else 0,
            done=reverse("admin:members_member_change", args=[member_id]),
        )

    def _correct(
        self,
        request: HttpRequest,
        *,
        member_id: int,
        programme_id: int,
        currency: str,
        available: int,
        done: str,
    ) -> HttpResponse:
        def act(values: dict[str, Any]) -> str:
            _post_correction(
                member_id=member_id,
                programme_id=programme_id,
                currency=currency,
                values=values,
                actor=actor(request),
            )
            return _("Corrected by %(points)s.") % {"points": f"{values['points']:+,}"}

        return ask(
            self,
            request,
            title=_("Correct the account of member %(member)s")
            % {"member": name_members([member_id]).get(member_id, (member_id,))[0]},
            form_class=AdjustForm,
            # The form carries its own key, so that a double click corrects once.
            initial={"key": secrets.token_hex(8)},
            act=act,
            done=done,
            explain=_("Available now: %(points)s") % {"points": f"{available:,}"},
        )

    def tables(self, request: HttpRequest, obj: models.Account) -> list[Table]:
        entries = models.Entry.objects.filter(member_id=obj.member_id, account_id=obj.pk)
        return [
            Table(
                title=_("Newest entries"),
                headers=[_("When"), _("Kind"), _("Points"), _("Balance"), _("Source")],
                rows=[
                    [
                        Link(when(e.occurred_at), record_url(models.Entry, spread_key(e))),
                        kind_words().get(e.kind, e.kind),
                        e.points,
                        e.balance_after,
                        e.source,
                    ]
                    for e in entries.order_by("-id")[:20]
                ],
                more=Link(
                    _("All entries"),
                    reverse("admin:points_entry_changelist") + f"?member_id={obj.member_id}",
                ),
            )
        ]


@admin.register(models.Lot)
class LotAdmin(SpreadAdmin):
    """Lots: what each earning still holds, and until when."""

    list_display = (
        "id",
        "member",
        "points",
        "remaining",
        "held",
        "pending",
        "available_at",
        "expires_at",
    )
    list_filter = ("open", "pending")


@admin.register(models.Hold)
class HoldAdmin(SpreadAdmin):
    """Reservations."""

    list_display = ("id", "member", "points", "captured", "shown_status", "source", "expires_at")
    list_filter = (by_word("status", hold_words),)
    shown_status = word("status", hold_words, title=gettext_lazy("status"))
