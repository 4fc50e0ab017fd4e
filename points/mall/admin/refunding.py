"""Console: what is paid in cash for an order, and orders taken back."""

from __future__ import annotations

from functools import partial

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel.console import SpreadAdmin, action, change, found_or_404
from points.mall import models, services
from points.mall.admin import forms, order_places, wording


class Refunding(SpreadAdmin):
    """The buttons of money, cancelling and refunding on the screen of orders."""

    @admin.display(description=gettext_lazy("price"))
    def price(self, obj: models.Order) -> str:
        return wording.price(obj.points, obj.cash, obj.currency)

    @action(title=gettext_lazy("Confirm payment"), path="paid", icon="payments")
    def paid(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = found_or_404(self, request, object_id)
        return change(
            self,
            request,
            order,
            title=order_places.about(order, _("Confirm payment")),
            form_class=forms.PaidForm,
            run=partial(services.pay_order, method="confirmed", **order_places.key(order)),
            said=_("Paid; the order goes its way."),
            explain=_("To be paid: %(price)s") % {"price": self.price(order)},
        )

    @action(title=gettext_lazy("Cancel"), path="cancel", icon="cancel")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = found_or_404(self, request, object_id)
        return change(
            self,
            request,
            order,
            title=order_places.about(order, _("Cancel")),
            run=partial(services.cancel_order, why="shop", **order_places.key(order)),
            said=_("Cancelled: points and stock are back."),
            explain=_("Points go back to their lots, the pieces to stock; the member is told."),
            button=_("Cancel the order"),
            dangerous=True,
        )

    @action(title=gettext_lazy("Refund"), path="refund", icon="undo")
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = found_or_404(self, request, object_id)
        return change(
            self,
            request,
            order,
            title=order_places.about(order, _("Refund")),
            form_class=forms.RefundForm,
            run=partial(services.refund_order, **order_places.key(order)),
            said=_("Refunded: the points are back."),
            explain=_(
                "Points go back to their lots. Codes that the member has not seen go back to"
                " stock by themselves; cash taken outside is to be given back by hand."
            ),
            button=_("Refund"),
            dangerous=True,
        )

    @action(title=gettext_lazy("Cash was given back"), path="refund-paid", icon="price_check")
    def refund_paid(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = found_or_404(self, request, object_id)
        return change(
            self,
            request,
            order,
            title=order_places.about(order, _("Cash was given back")),
            run=partial(services.confirm_refund_paid, **order_places.key(order)),
            said=_("Nothing is owed any more."),
        )
