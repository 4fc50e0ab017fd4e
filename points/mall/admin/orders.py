"""Console: orders in the mall, on their way to the member and back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import clock, words
from config.kernel.console import (
    ReasonForm,
    SpreadAdmin,
    Table,
    action,
    actor,
    ask,
    badge,
    by_word,
    found_or_404,
    look,
    name_actors,
    programme_words,
    record_url,
    spread_key,
    when,
    word,
)
from members.programmes import selectors as programmes_selectors
from points.mall import models, selectors, services
from points.mall.admin import forms, wording
from points.mall.types import Delivery, Order, OrderStatus, PaymentState, Taken

words.call(models.Order, gettext_lazy("mall order"), gettext_lazy("mall orders"))
_COLUMNS = (
    *("number", "carrier", "tracking", "item", "quantity"),
    *("recipient", "phone", "region", "street", "postcode"),
)
# Which buttons make sense in which state.
_ALLOWED: dict[str, tuple[OrderStatus, ...]] = {
    "ship": (OrderStatus.TO_SHIP, OrderStatus.SHIPPED),
    "paid": (OrderStatus.AWAITING_PAYMENT,),
    "cancel": (OrderStatus.AWAITING_PAYMENT, OrderStatus.TO_SHIP, OrderStatus.TO_COLLECT),
    "refund": (OrderStatus.SHIPPED, OrderStatus.COLLECTED, OrderStatus.DELIVERED),
    "undo": (OrderStatus.COLLECTED,),
}


@admin.register(models.Order)
class OrderAdmin(SpreadAdmin):
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

    # --- Columns --------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("item"))
    def gift(self, obj: models.Order) -> str:
        return wording.name(obj)

    @admin.display(description=gettext_lazy("status"))
    def state_word(self, obj: models.Order) -> str:
        return wording.order_states()[obj.status]

    @admin.display(description=gettext_lazy("price"))
    def price(self, obj: models.Order) -> str:
        return wording.price(obj.points, obj.cash, obj.currency)

    @badge(title=gettext_lazy("status"), colors=wording.TONES)
    def shown_status(self, obj: models.Order) -> tuple[str, str]:
        return obj.status, wording.order_states()[obj.status]

    @admin.display(description=gettext_lazy("address"))
    def shown_address(self, obj: models.Order) -> str:
        told = _shown(obj).address
        if told is None:
            return "–"
        return f"{told.masked.recipient} · {told.masked.phone} · {told.region}"

    # --- Buttons over the list ------------------------------------------------------------

    @action(title=gettext_lazy("Orders to ship (CSV)"), path="to-ship", icon="download")
    def export(self, request: HttpRequest) -> HttpResponse:
        def act(values: dict[str, Any]) -> HttpResponse:
            found = services.take_to_ship(
                programme_id=int(values["programme"]),
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _sheet(found)

        return ask(
            self,
            request,
            title=_("Orders to ship, with addresses"),
            form_class=forms.ExportForm,
            act=act,
            done=_listing(),
            explain=_(
                "The file holds names, phones and addresses: it goes to whoever packs, and is"
                " deleted after it. That you took it is in the audit log."
            ),
            button=_("Download"),
        )

    @action(title=gettext_lazy("Ship by file"), path="ship-file", icon="upload_file")
    def ship_file(self, request: HttpRequest) -> HttpResponse:
        def act(values: dict[str, Any]) -> HttpResponse:
            taken = services.ship_many(
                programme_id=int(values["programme"]),
                content=values["file"].read(),
                actor=actor(request),
                now=clock.now(),
            )
            return self._told(request, taken)

        return ask(
            self,
            request,
            title=_("Parcels that leave"),
            form_class=forms.ShipFileForm,
            act=act,
            done=_listing(),
            button=_("Upload"),
        )

    def _told(self, request: HttpRequest, taken: Taken) -> HttpResponse:
        """Show what became of a file, line by line where it was refused."""
        values = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("%(count)s parcels are on their way") % {"count": taken.accepted},
            "done": _listing(),
            "tables": [
                Table(
                    title=_("Lines that were not taken"),
                    headers=[_("Line"), _("Reason")],
                    rows=[
                        [one.line, wording.refusals().get(one.reason, one.reason)]
                        for one in taken.refused
                    ],
                    empty=_("None: every line was taken."),
                )
            ],
        }
        return render(request, "admin/taken.html", values)

    @action(title=gettext_lazy("Collect by code"), path="collect", icon="qr_code_scanner")
    def collect(self, request: HttpRequest) -> HttpResponse:
        def act(values: dict[str, Any]) -> HttpResponse:
            found = selectors.find_by_collect_code(
                code=values["code"], programme_id=int(values["programme"])
            )
            if found is None:
                raise services.CollectCodeError
            order = services.collect_order(
                member_id=found.member_id,
                order_id=found.id,
                code=values["code"],
                store_id=int(values["store"]) if values["store"] else None,
                actor=actor(request),
                now=clock.now(),
            )
            self.message_user(
                request,
                _("Hand over: %(quantity)s × %(gift)s (%(number)s)")
                % {
                    "quantity": order.quantity,
                    "gift": wording.name(order),
                    "number": order.number,
                },
            )
            return HttpResponseRedirect(_url(order))

        return ask(
            self,
            request,
            title=_("Hand an order over"),
            form_class=forms.CollectForm,
            act=act,
            done=_listing(),
            explain=_("The code works once. A slip can be taken back for a while."),
            button=_("Hand over"),
        )

    # --- Buttons of a record --------------------------------------------------------------

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

    def _change(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        title: str,
        form_class: Callable[..., Any],
        run: Callable[..., object],
        said: str,
        button: str = "",
        explain: str = "",
        initial: dict[str, Any] | None = None,
        dangerous: bool = False,
    ) -> HttpResponse:
        """Ask a form, and hand what it holds to one service about this order."""
        order = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            run(
                member_id=order.member_id,
                order_id=order.pk,
                actor=actor(request),
                now=clock.now(),
                **values,
            )
            return said

        return ask(
            self,
            request,
            title=f"{title}: {wording.name(order)} ({order.number})",
            form_class=form_class,
            act=act,
            done=record_url(models.Order, spread_key(order)),
            button=button,
            explain=explain,
            initial=initial,
            dangerous=dangerous,
        )

    @action(title=gettext_lazy("Ship"), path="ship", icon="local_shipping")
    def ship(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._change(
            request,
            object_id,
            title=_("Ship"),
            form_class=forms.ShipForm,
            run=services.ship_order,
            said=_("On its way; the member is told."),
            initial={"carrier": found_or_404(self, request, object_id).carrier},
        )

    @action(title=gettext_lazy("Confirm payment"), path="paid", icon="payments")
    def paid(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = found_or_404(self, request, object_id)

        def pay(**values: Any) -> object:
            return services.pay_order(method="confirmed", **values)

        return self._change(
            request,
            object_id,
            title=_("Confirm payment"),
            form_class=forms.PaidForm,
            run=pay,
            said=_("Paid; the order goes its way."),
            explain=_("To be paid: %(price)s") % {"price": self.price(order)},
        )

    @action(title=gettext_lazy("Cancel"), path="cancel", icon="cancel")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def run(**values: Any) -> object:
            return services.cancel_order(why="shop", **values)

        return self._change(
            request,
            object_id,
            title=_("Cancel"),
            form_class=ReasonForm,
            run=run,
            said=_("Cancelled: points and stock are back."),
            explain=_("Points go back to their lots, the pieces to stock; the member is told."),
            button=_("Cancel the order"),
            dangerous=True,
        )

    @action(title=gettext_lazy("Refund"), path="refund", icon="undo")
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._change(
            request,
            object_id,
            title=_("Refund"),
            form_class=forms.RefundForm,
            run=services.refund_order,
            said=_("Refunded: the points are back."),
            explain=_(
                "Points go back to their lots. Codes that the member has not seen go back to"
                " stock by themselves; cash taken outside is to be given back by hand."
            ),
            button=_("Refund"),
            dangerous=True,
        )

    @action(title=gettext_lazy("Take the collection back"), path="undo", icon="history")
    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._change(
            request,
            object_id,
            title=_("Take the collection back"),
            form_class=ReasonForm,
            run=services.undo_collection,
            said=_("It waits to be collected again; its code works again."),
        )

    @action(title=gettext_lazy("Cash was given back"), path="refund-paid", icon="price_check")
    def refund_paid(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._change(
            request,
            object_id,
            title=_("Cash was given back"),
            form_class=ReasonForm,
            run=services.confirm_refund_paid,
            said=_("Nothing is owed any more."),
        )

    @action(title=gettext_lazy("Show the address"), path="address", icon="visibility")
    def address(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> HttpResponse:
            shown = services.reveal_address(
                member_id=order.member_id,
                order_id=order.pk,
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            look(
                request,
                [order.member_id],
                page="mall.order",
                fields=["address"],
                reason=values["reason"],
            )
            return self._address(request, shown)

        return ask(
            self,
            request,
            title=_("Show the address of %(number)s") % {"number": order.number},
            form_class=ReasonForm,
            act=act,
            done=record_url(models.Order, spread_key(order)),
            button=_("Show the address"),
        )

    def _address(self, request: HttpRequest, order: Order) -> HttpResponse:
        told = order.address
        rows = [] if told is None else [
            [_("Recipient"), told.recipient],
            [_("Phone"), told.phone],
            [_("Address"), f"{told.region} {told.street} {told.postcode}"],
            [_("Tracking number"), f"{order.carrier} {order.tracking}"],
        ]  # fmt: skip
        values = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Where order %(number)s goes") % {"number": order.number},
            "explain": _(
                "This look is in the audit log. It is not shown again when you come back."
            ),
            "done": _url(order),
            "tables": [Table(title=order.number, headers=[], rows=rows)],
        }
        return render(request, "admin/taken.html", values)

    # --- Below a record -------------------------------------------------------------------

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


def _sheet(orders: list[Order]) -> HttpResponse:
    """Return the orders to ship as a CSV file, the columns to fill in first."""
    out = io.StringIO()
    # Spreadsheets know UTF-8 by this mark alone.
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for order in orders:
        told = order.address.as_json() if order.address else {}
        cells = [order.number, "", "", wording.name(order), order.quantity]
        cells += [told.get(name, "") for name in _COLUMNS[5:]]
        writer.writerow([_harmless(str(cell)) for cell in cells])
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="orders-to-ship.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from reading what a member typed as a formula."""
    if cell[:1] in "=+-@\t\r" and not re.fullmatch(r"\+?[\d -]*", cell):
        return f"'{cell}"
    return cell


def _url(order: Order) -> str:
    return record_url(models.Order, f"{order.member_id}-{order.id}")


def _listing() -> str:
    return reverse("admin:mall_order_changelist")
