"""Console: the shelf. What is on it, what it costs, how many there are."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import words
from config.kernel.console import Table, badge, by_word, programme_words, word
from points.mall import models, selectors
from points.mall.admin import item_tables, pictures, wording
from points.mall.admin.pictures import Picturing
from points.mall.admin.shelving import Shelving
from points.mall.admin.stocking import Stocking
from points.mall.types import Item, ItemKind, ItemStatus

words.call(models.Item, gettext_lazy("mall item"), gettext_lazy("mall items"))


@admin.register(models.Item)
class ItemAdmin(Shelving, Stocking, Picturing):
    """Items, in the order of the shelf."""

    list_display = (
        "thumbnail",
        "shown_name",
        "shown_kind",
        "shown_status",
        "price",
        "stock",
        "sort",
    )
    list_display_links = ("shown_name",)
    list_filter = (
        by_word("status", wording.item_states),
        by_word("kind", wording.kinds),
        by_word("programme", programme_words),
    )
    search_fields = ("code", "name_zh", "name_en")
    ordering = ("sort", "id")
    fields = (
        "gallery",
        "code",
        "shown_kind",
        "state_word",
        "name_zh",
        "name_en",
        "description_zh",
        "description_en",
        "price",
        "price_version",
        "stock",
        "limit",
        "audience",
        "on_sale_from",
        "on_sale_until",
        "ways",
        "sort",
    )
    readonly_fields = fields
    actions_list = ("new_item",)
    actions_detail = ("edit", "picture", "stock_move", "upload", "publish", "end")
    shown_kind = word("kind", wording.kinds, title=gettext_lazy("kind"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Item]:
        rows: QuerySet[models.Item] = super().get_queryset(request)
        return rows.prefetch_related("pictures", "store_stock__store")

    @admin.display(description="")
    def thumbnail(self, obj: models.Item) -> str:
        drawn = pictures.pictures_of(obj)
        return pictures.image(drawn[0], edge=40) if drawn else ""

    @admin.display(description=gettext_lazy("pictures"))
    def gallery(self, obj: models.Item) -> str:
        drawn = ((pictures.image(picture, edge=160),) for picture in pictures.pictures_of(obj))
        return format_html_join(" ", "{}", drawn) or "–"

    @admin.display(description=gettext_lazy("name"), ordering="name_zh")
    def shown_name(self, obj: models.Item) -> str:
        return wording.name(obj)

    @badge(title=gettext_lazy("status"), colors=wording.TONES)
    def shown_status(self, obj: models.Item) -> tuple[str, str]:
        return obj.status, wording.item_states()[obj.status]

    @admin.display(description=gettext_lazy("status"))
    def state_word(self, obj: models.Item) -> str:
        return wording.item_states()[obj.status]

    @admin.display(description=gettext_lazy("price"), ordering="points")
    def price(self, obj: models.Item) -> str:
        return wording.price(obj.points, obj.cash, wording.currency(obj))

    @admin.display(description=gettext_lazy("limit"))
    def limit(self, obj: models.Item) -> str:
        if obj.limit_count is None:
            return "–"
        return f"{obj.limit_count} {wording.periods()[obj.limit_per]}"

    @admin.display(description=gettext_lazy("for"))
    def audience(self, obj: models.Item) -> str:
        return ", ".join(obj.tiers) or _("everybody")

    @admin.display(description=gettext_lazy("way to the member"))
    def ways(self, obj: models.Item) -> str:
        found = selectors.get_item(item_id=obj.pk)
        return ", ".join(wording.deliveries()[way] for way in found.deliveries) or "–"

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer only what the item's state and kind allow."""
        found = super().get_actions_detail(request, object_id)
        item = self.get_object(request, str(object_id))
        hidden = _hidden(selectors.get_item(item_id=item.pk)) if item else ()
        return [one for one in found if not one.action_name.endswith(hidden or ("\0",))]

    def tables(self, request: HttpRequest, obj: models.Item) -> list[Table]:
        shown = [item_tables.moves(obj), item_tables.prices(obj)]
        if selectors.get_item(item_id=obj.pk).has_codes:
            shown.insert(0, item_tables.uploads(obj))
        if obj.collects:
            shown.insert(0, item_tables.stores(obj))
        if self.has_operate_permission(request):
            shown += pictures.tables(obj)
        return shown


def _hidden(item: Item) -> tuple[str, ...]:
    hidden = ["publish"] if item.status is ItemStatus.PUBLISHED else ["end"]
    if not item.has_codes:
        hidden.append("upload")
    if item.kind is not ItemKind.PHYSICAL:
        hidden.append("stock_move")
    return tuple(hidden)
