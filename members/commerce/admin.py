"""Console: orders as facts, read-only."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import ids, words
from config.kernel.console import (
    Link,
    SpreadAdmin,
    Table,
    badge,
    by_word,
    code_words,
    figure,
    names_sources,
    record_url,
    spread_key,
    storefront_name,
    storefront_words,
    why_table,
    word,
)
from config.kernel.money import minor_digits
from config.kernel.words import column
from members.commerce import models


def amount(minor: int, currency: str) -> str:
    """Return an amount of minor units with its currency."""
    digits = minor_digits(currency)
    return f"{minor / 10**digits:,.{digits}f} {currency}"


words.call(models.Order)


def stage_words() -> dict[str, str]:
    """Return what the states of an order are called."""
    return {
        "placed": _("Placed"),
        "paid": _("Paid"),
        "shipped": _("Shipped"),
        "completed": _("Completed"),
        "refunded": _("Refunded"),
        "cancelled": _("Cancelled"),
    }


def tier_words() -> dict[str, str]:
    """Return what tiers are called, as the app that owns them tells."""
    return code_words("tier")


@admin.register(models.Order)
class OrderAdmin(SpreadAdmin):
    """Orders with their lines, what happened to them, and refunds."""

    list_display = (
        "external_no",
        "member",
        "storefront",
        "shown_status",
        "placed_at",
        "total",
        "shown_points",
        "shown_taken",
    )
    list_filter = (by_word("status", stage_words), by_word("storefront_id", storefront_words))
    newest_first = ("-placed_at", "-id")
    search_help_text = gettext_lazy("Order number, member number, mem_ id, phone or e-mail")
    fields = (
        "public_id",
        "external_no",
        "member",
        "storefront",
        "status_word",
        "placed_at",
        "paid_at",
        "completed_at",
        "cancelled_at",
        "total",
        "taken_back",
        "shown_points",
        "shown_taken",
        "available_at",
        "growth",
        "growth_taken",
        "shown_before",
        "shown_after",
    )
    readonly_fields = fields
    shown_points = figure("points")
    shown_taken = figure("points_taken")
    shown_before = word("tier_before", tier_words, title=column("tier_before"))
    shown_after = word("tier_after", tier_words, title=column("tier_after"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[models.Order], search_term: str
    ) -> tuple[QuerySet[models.Order], bool]:
        rows, distinct = super().get_search_results(request, queryset, search_term)
        numbered = models.OrderNumber.objects.filter(external_no=search_term.strip())
        places = list(numbered.values_list("member_id", "order_id")[:20])
        if not places:
            return rows, distinct
        return queryset.filter(
            member_id__in=[member for member, _order in places],
            id__in=[order for _member, order in places],
        ), False

    @badge(
        title=gettext_lazy("status"),
        colors={
            "placed": "info",
            "paid": "info",
            "shipped": "info",
            "completed": "success",
            "refunded": "warning",
            "cancelled": "danger",
        },
    )
    def shown_status(self, obj: models.Order) -> tuple[str, str]:
        return obj.status, self.status_word(obj)

    @admin.display(description=gettext_lazy("status"))
    def status_word(self, obj: models.Order) -> str:
        return stage_words().get(obj.status, obj.status)

    @admin.display(description=gettext_lazy("public id"))
    def public_id(self, obj: models.Order) -> str:
        return ids.encode("ord", member_id=obj.member_id, row_id=obj.pk)

    @admin.display(description=gettext_lazy("refunded"))
    def taken_back(self, obj: models.Order) -> str:
        return amount(obj.refunded + obj.refunded_shipping, obj.currency)

    @admin.display(description=gettext_lazy("storefront"))
    def storefront(self, obj: models.Order) -> str:
        return storefront_name(obj.storefront_id)

    @admin.display(description=gettext_lazy("total"))
    def total(self, obj: models.Order) -> str:
        paid = obj.goods - obj.discount - obj.coupons - obj.points_paid + obj.shipping
        return amount(paid, obj.currency)

    def tables(self, request: HttpRequest, obj: models.Order) -> list[Table]:
        mine = {"member_id": obj.member_id, "order_id": obj.pk}
        return [
            _lines(obj, models.OrderLine.objects.filter(**mine).order_by("line_no")),
            *why_table(member_id=obj.member_id, source=_source(obj)),
            _events(models.OrderEvent.objects.filter(**mine).order_by("occurred_at", "id")),
            _refunds(obj, models.Refund.objects.filter(**mine).order_by("occurred_at", "id")),
            Table(title=_("Go to"), headers=[], rows=[[_ledger(obj)]]),
        ]


def _numbers(keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Name orders that points or tiers came from by what the shop calls them."""
    found = ids.decode_many("ord", {key.partition("#")[0] for key in keys})
    rows = models.Order.objects.filter(
        member_id__in={member for member, _row in found.values()},
        id__in={row for _member, row in found.values()},
    )
    numbers = {(row.member_id, row.pk): row for row in rows}
    named = {}
    for key in keys:
        row = numbers.get(found.get(key.partition("#")[0], (0, 0)))
        if row is not None:
            said = _("Order %(number)s") % {"number": row.external_no}
            named[key] = (said, record_url(models.Order, spread_key(row)))
    return named


names_sources("order", _numbers)


def _source(obj: models.Order) -> str:
    """Return what the ledger calls this order; a revived one earns again under a number."""
    public = ids.encode("ord", member_id=obj.member_id, row_id=obj.pk)
    return f"order:{public}" if obj.run <= 1 else f"order:{public}#{obj.run}"


def _ledger(obj: models.Order) -> Link:
    public = ids.encode("ord", member_id=obj.member_id, row_id=obj.pk)
    address = reverse("admin:points_entry_changelist")
    return Link(
        _("Ledger entries of this order"),
        f"{address}?member_id={obj.member_id}&source=order:{public}",
    )


def _lines(obj: models.Order, lines: QuerySet[models.OrderLine]) -> Table:
    return Table(
        title=_("Lines"),
        headers=[
            _("Line"),
            _("Article"),
            _("Quantity"),
            _("List"),
            _("Discount"),
            _("Net"),
            _("Refunded"),
            _("Points"),
        ],
        rows=[
            [
                line.line_no,
                f"{line.sku} {line.name}",
                line.quantity,
                amount(line.list_amount, obj.currency),
                amount(line.list_amount - line.net, obj.currency),
                amount(line.net, obj.currency),
                amount(line.refunded, obj.currency),
                line.points_earned,
            ]
            for line in lines
        ],
    )


def _events(events: QuerySet[models.OrderEvent]) -> Table:
    return Table(
        title=_("What happened"),
        headers=[_("When"), _("What"), _("Refund"), _("Recorded at")],
        rows=[
            [e.occurred_at, stage_words().get(e.kind, e.kind), e.refund_no, e.recorded_at]
            for e in events
        ],
    )


def _refunds(obj: models.Order, refunds: QuerySet[models.Refund]) -> Table:
    return Table(
        title=_("Refunds"),
        headers=[_("Number"), _("When"), _("Goods"), _("Shipping")],
        rows=[
            [
                r.external_no,
                r.occurred_at,
                amount(r.amount, obj.currency),
                amount(r.shipping, obj.currency),
            ]
            for r in refunds
        ],
        empty=_("None."),
    )
