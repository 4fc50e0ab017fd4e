"""What stands below an item in the console: its stock, prices, codes, stores."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from config.kernel.console import Link, Table, name_actors, when
from points.mall import models
from points.mall.admin import wording

_HISTORY = 20


def moves(obj: models.Item) -> Table:
    """Return what came in and went out by hand."""
    rows = list(obj.moves.select_related("store").order_by("-id")[:_HISTORY])
    names = name_actors([row.actor for row in rows])
    return Table(
        title=_("Stock in and out"),
        headers=[_("When"), _("Pieces"), _("Where"), _("By"), _("Reason")],
        rows=[
            [
                when(row.made_at),
                f"{row.change:+,}",
                row.store.name if row.store else "–",
                names.get(row.actor, row.actor),
                row.reason,
            ]
            for row in rows
        ],
        note=_("Orders take from it and give back by themselves."),
    )


def prices(obj: models.Item) -> Table:
    """Return what it cost, and since when."""
    rows = list(obj.prices.order_by("-version")[:_HISTORY])
    names = name_actors([row.actor for row in rows])
    return Table(
        title=_("Prices"),
        headers=[_("Version"), _("Price"), _("Since"), _("By"), _("Reason")],
        rows=[
            [
                row.version,
                wording.price(row.points, row.cash, wording.currency(obj)),
                when(row.made_at),
                names.get(row.actor, row.actor),
                row.reason,
            ]
            for row in rows
        ],
    )


def uploads(obj: models.Item) -> Table:
    """Return the files of codes that were taken."""
    rows = list(obj.uploads.order_by("-id")[:_HISTORY])
    return Table(
        title=_("Uploads of codes"),
        headers=[_("When"), _("File"), _("Taken"), _("Not taken"), _("Reason")],
        rows=[
            [
                when(row.made_at),
                row.file_name,
                row.accepted,
                Link(
                    _("%(count)s lines") % {"count": len(row.refused)},
                    reverse("admin:mall_item_refused", args=[row.pk]),
                )
                if row.refused
                else 0,
                row.reason,
            ]
            for row in rows
        ],
    )


def stores(obj: models.Item) -> Table:
    """Return how many lie in each store."""
    return Table(
        title=_("In stores"),
        headers=[_("Store"), _("Left")],
        rows=[[shelf.store.name, shelf.left] for shelf in obj.store_stock.all()],
        empty=_("None yet: move stock to a store."),
    )
