"""Console: orders in the mall, on their way to the member and back."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import words
from config.kernel.console import Table, badge, by_word, name_actors, programme_words, when, word
from members.programmes import selectors as programmes_selectors
from points.mall import models, selectors
from points.mall.admin import wording
from points.mall.admin.collecting import Collecting
from points.mall.admin.refunding import Refunding
from points.mall.admin.shipping import Shipping
from points.mall.types import Delivery, Order, OrderStatus, PaymentState

words.call(models.Order, gettext_lazy("mall order"), gettext_lazy("mall orders"))

# Which buttons make sense in which state.
_ALLOWED: dict[str, tuple[OrderStatus, ...]] = {
    "ship": (OrderStatus.TO_SHIP, OrderStatus.SHIPPED),
    "paid": (OrderStatus.AWAITING_PAYMENT,),
    "cancel": (OrderStatus.AWAITING_PAYMENT, OrderStatus.TO_SHIP, OrderStatus.TO_COLLECT),
    "refund": (OrderStatus.SHIPPED, OrderStatus.COLLECTED, OrderStatus.DELIVERED),
    "undo": (OrderStatus.COLLECTED,),
}


@admin.register(models.Order)
class OrderAdmin(Shipping, Collecting, Refunding):
    """Orders, newest first; addresses and codes are not shown in lists."""

    list_display = (
        "number",
        "member",
        "gift",
        "quantity",
        "price",
        "shown_status",
        "shown_delivery",
        "placed_at",
    )
    list_display_links = ("number",)
    list_filter = (
        by_word("status", wording.order_states),
        by_word("delivery", wording.deliveries),
        by_word("kind", wording.kinds),
        by_word("programme_id", programme_words),
    )
    search_help_text = gettext_lazy("Order number, member number, mem_ id, phone or e-mail")
    fields = (
        "number",
        "member",
        "gift",
        "quantity",
        "price",
        "state_word",
        "shown_delivery",
        "shown_address",
        "carrier",
        "pay_by",
        "collect_by",
    )
    readonly_fields = fields
    actions_list = ("export", "ship_file", "collect")
    actions_detail = ("ship", "paid", "undo", "address", "refund_paid", "cancel", "refund")
    shown_delivery = word("delivery", wording.deliveries, title=gettext_lazy("way to the member"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Order]:
        rows: QuerySet[models.Order] = super().get_queryset(request)
        # What only the member may read is not even fetched.
        return rows.defer("collect_code", "tracking")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().upper()
        if re.fullmatch(r"M\d{12,}", term):
            return queryset.filter(number=term), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=gettext_lazy("item"))
    def gift(self, obj: models.Order) -> str:
        return wording.name(obj)

    @admin.display(description=gettext_lazy("status"))
    def state_word(self, obj: models.Order) -> str:
        return wording.order_states()[obj.status]

    @badge(title=gettext_lazy("status"), colors=wording.TONES)
    def shown_status(self, obj: models.Order) -> tuple[str, str]:
        return obj.status, wording.order_states()[obj.status]

    @admin.display(description=gettext_lazy("address"))
    def shown_address(self, obj: models.Order) -> str:
        told = _shown(obj).address
        if told is None:
            return "–"
        return f"{told.masked.recipient} · {told.masked.phone} · {told.region}"

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer only what the order's state allows."""
        found: list[Any] = super().get_actions_detail(request, object_id)
        order = self.get_object(request, str(object_id))
        if order is None:
            return found
        gone = {name for name, states in _ALLOWED.items() if order.status not in states}
        if order.delivery != Delivery.SHIP:
            gone.add("address")
        if not _owes_cash(order):
            gone.add("refund_paid")
        prefix = f"{self.model._meta.app_label}_{self.model._meta.model_name}_"
        return [one for one in found if one.action_name.removeprefix(prefix) not in gone]

    def tables(self, request: HttpRequest, obj: models.Order) -> list[Table]:
        found = _shown(obj)
        by = name_actors([obj.collected_by]) if obj.collected_by else {}
        stores = {
            store.id: store.name for store in programmes_selectors.list_stores(obj.programme_id)
        }
        told = (
            (_("Ordered"), obj.placed_at, ""),
            (_("Paid"), obj.paid_at, _payment(found)),
            (_("Sent"), obj.shipped_at, obj.carrier),
            (
                _("Collected"),
                obj.collected_at,
                f"{stores.get(obj.store_id or 0, '')} {by.get(obj.collected_by, '')}".strip(),
            ),
            (_("Delivered"), obj.delivered_at, ""),
            (_("Code seen"), obj.revealed_at, ""),
            (_("Closed"), obj.closed_at, wording.whys().get(obj.why, "")),
        )
        return [
            Table(
                title=_("What happened"),
                headers=[_("What"), _("When"), ""],
                rows=[[title, when(at), more] for title, at, more in told if at],
                more=None,
            )
        ]


def _shown(obj: models.Order) -> Order:
    return selectors.get_order(member_id=obj.member_id, order_id=obj.pk)


def _payment(order: Order) -> str:
    if order.payment is None:
        return ""
    states = {
        PaymentState.PAID: "",
        PaymentState.REFUND_DUE: _("to be given back"),
        PaymentState.REFUNDED: _("given back"),
    }
    return " · ".join(filter(None, [order.payment.reference, states[order.payment.state]]))


def _owes_cash(order: models.Order) -> bool:
    return models.Payment.objects.filter(
        member_id=order.member_id, order_id=order.pk, state=PaymentState.REFUND_DUE
    ).exists()
