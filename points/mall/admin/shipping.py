"""Console: orders that are sent, with their addresses."""

from __future__ import annotations

import csv
import io
import re
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import cells, clock
from config.kernel.console import (
    ReasonForm,
    SpreadAdmin,
    Table,
    action,
    actor,
    ask,
    change,
    found_or_404,
    look,
)
from points.mall import services
from points.mall.admin import forms, order_places, wording
from points.mall.types import Order, Taken

_COLUMNS = (
    *("number", "carrier", "tracking", "item", "quantity"),
    *("recipient", "phone", "region", "street", "postcode"),
)


class Shipping(SpreadAdmin):
    """The buttons of parcels on the screen of orders."""

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
            done=order_places.listing(),
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
            done=order_places.listing(),
            button=_("Upload"),
        )

    def _told(self, request: HttpRequest, taken: Taken) -> HttpResponse:
        """Show what became of a file, line by line where it was refused."""
        values = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("%(count)s parcels are on their way") % {"count": taken.accepted},
            "done": order_places.listing(),
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

    @action(title=gettext_lazy("Ship"), path="ship", icon="local_shipping")
    def ship(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = found_or_404(self, request, object_id)
        return change(
            self,
            request,
            order,
            title=order_places.about(order, _("Ship")),
            form_class=forms.ShipForm,
            run=partial(services.ship_order, **order_places.key(order)),
            said=_("On its way; the member is told."),
            initial={"carrier": order.carrier},
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
            done=self.url_of(order),
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
            "done": order_places.url(order),
            "tables": [Table(title=order.number, headers=[], rows=rows)],
        }
        return render(request, "admin/taken.html", values)


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
    # A phone number is none, and is copied from here into the carrier's form.
    return cell if re.fullmatch(r"\+?\d[\d -]*", cell) else str(cells.cell(cell))
