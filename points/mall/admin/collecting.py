"""Console: orders that are handed over in a store."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import clock
from config.kernel.console import SpreadAdmin, action, actor, ask, change, found_or_404
from points.mall import selectors, services
from points.mall.admin import forms, order_places, wording


class Collecting(SpreadAdmin):
    """The buttons of the counter on the screen of orders."""

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
            return HttpResponseRedirect(order_places.url(order))

        return ask(
            self,
            request,
            title=_("Hand an order over"),
            form_class=forms.CollectForm,
            act=act,
            done=order_places.listing(),
            explain=_("The code works once. A slip can be taken back for a while."),
            button=_("Hand over"),
        )

    @action(title=gettext_lazy("Take the collection back"), path="undo", icon="history")
    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = found_or_404(self, request, object_id)
        return change(
            self,
            request,
            order,
            title=order_places.about(order, _("Take the collection back")),
            run=partial(services.undo_collection, **order_places.key(order)),
            said=_("It waits to be collected again; its code works again."),
        )
