"""Console: the shelf. What is on it, what it costs, how many there are."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import clock, words
from config.kernel.console import (
    Link,
    ReadOnlyAdmin,
    ReasonForm,
    Table,
    action,
    actor,
    ask,
    badge,
    by_word,
    found_or_404,
    name_actors,
    programme_words,
    record_url,
    when,
    word,
)
from config.kernel.money import minor_digits
from members.programmes import selectors as programmes_selectors
from points.mall import models, selectors, services
from points.mall.admin import forms, wording
from points.mall.types import Item, ItemDraft, ItemKind, ItemStatus, Period

words.call(models.Item, gettext_lazy("mall item"), gettext_lazy("mall items"))
_HISTORY = 20


@admin.register(models.Item)
class ItemAdmin(ReadOnlyAdmin):
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

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("new/<int:programme_id>", view(self.write_new), name="mall_item_new"),
            path(
                "<int:item_id>/pictures/<int:picture_id>/remove",
                view(self.remove_picture),
                name="mall_item_remove_picture",
            ),
            path("uploads/<int:upload_id>", view(self.refused), name="mall_item_refused"),
            *super().get_urls(),
        ]

    # --- Columns --------------------------------------------------------------------------

    @admin.display(description="")
    def thumbnail(self, obj: models.Item) -> str:
        pictures = _pictures(obj)
        return _image(pictures[0], edge=40) if pictures else ""

    @admin.display(description=gettext_lazy("pictures"))
    def gallery(self, obj: models.Item) -> str:
        drawn = ((_image(picture, edge=160),) for picture in _pictures(obj))
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
        return wording.price(obj.points, obj.cash, _currency(obj))

    @admin.display(description=gettext_lazy("in stock"), ordering="left")
    def stock(self, obj: models.Item) -> str:
        if obj.left is None:
            return _("does not run out")
        stores = sum(shelf.left for shelf in obj.store_stock.all())
        if not stores:
            return f"{obj.left:,}"
        return _("%(left)s, and %(stores)s in stores") % {"left": obj.left, "stores": stores}

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

    # --- Buttons --------------------------------------------------------------------------

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer only what the item's state and kind allow."""
        found = super().get_actions_detail(request, object_id)
        item = self.get_object(request, str(object_id))
        hidden = _hidden(selectors.get_item(item_id=item.pk)) if item else ()
        return [one for one in found if not one.action_name.endswith(hidden or ("\0",))]

    @action(title=gettext_lazy("New item"), path="new", icon="add")
    def new_item(self, request: HttpRequest) -> HttpResponse:
        programmes = programmes_selectors.list_programmes()
        if len(programmes) == 1:
            return HttpResponseRedirect(_new_url(programmes[0].id))

        def act(values: dict[str, Any]) -> HttpResponse:
            return HttpResponseRedirect(_new_url(int(values["programme"])))

        return ask(
            self,
            request,
            title=_("A new item"),
            form_class=forms.ProgrammeForm,
            act=act,
            done=_listing(),
            button=_("Go on"),
        )

    def write_new(self, request: HttpRequest, programme_id: int) -> HttpResponse:
        """Write down a new item of a programme."""

        def act(values: dict[str, Any]) -> HttpResponse:
            reason = values.pop("reason")
            item_id = services.create_item(
                programme_id=programme_id,
                draft=_draft(values),
                actor=actor(request),
                reason=reason,
                now=clock.now(),
            )
            return HttpResponseRedirect(record_url(models.Item, item_id))

        if programme_id not in {one.id for one in programmes_selectors.list_programmes()}:
            raise Http404
        with timezone.override(programmes_selectors.get_programme(programme_id).timezone):
            return ask(
                self,
                request,
                title=_("A new item"),
                form_class=forms.item_form(programme_id),
                initial={"ships": True, "tickets": 1, "sort": 100, "limit_per": Period.EVER.value},
                act=act,
                done=_listing(),
                explain=_("It is a draft first: give it pictures and stock, then publish it."),
                button=_("Keep as a draft"),
                preview=lambda values: _seen(values, programme_id),
                allowed=self.has_operate_permission(request),
            )

    @action(title=gettext_lazy("Edit"), path="edit", icon="edit")
    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            reason = values.pop("reason")
            values["limit_per"] = Period(values["limit_per"])
            changed = services.change_item(
                item_id=item.pk,
                changes=values,
                actor=actor(request),
                reason=reason,
                now=clock.now(),
            )
            return _("Saved.") if changed else _("Nothing was different.")

        with timezone.override(programmes_selectors.get_programme(item.programme_id).timezone):
            return ask(
                self,
                request,
                title=_("Edit %(item)s") % {"item": wording.name(item)},
                form_class=forms.item_form(item.programme_id, fixed=forms.fixed_fields(item.kind)),
                initial=forms.opened(item, digits=minor_digits(_currency(item))),
                act=act,
                done=record_url(models.Item, item.pk),
                explain=_("Orders that are made keep the price they were made at."),
                button=_("Save"),
                preview=lambda values: _seen(values, item.programme_id),
            )

    @action(title=gettext_lazy("Add a picture"), path="picture", icon="add_photo_alternate")
    def picture(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.add_picture(
                item_id=item.pk,
                content=values["picture"],
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("The picture is on the item.")

        return ask(
            self,
            request,
            title=_("A picture for %(item)s") % {"item": wording.name(item)},
            form_class=forms.PictureForm,
            act=act,
            done=record_url(models.Item, item.pk),
            button=_("Add"),
        )

    def remove_picture(self, request: HttpRequest, item_id: int, picture_id: int) -> HttpResponse:
        """Take a picture off an item."""
        item = found_or_404(self, request, str(item_id))

        def act(values: dict[str, Any]) -> str:
            services.remove_picture(
                item_id=item.pk,
                picture_id=picture_id,
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("The picture is gone from the item.")

        return ask(
            self,
            request,
            title=_("Remove a picture of %(item)s") % {"item": wording.name(item)},
            form_class=ReasonForm,
            act=act,
            done=record_url(models.Item, item.pk),
            button=_("Remove"),
            allowed=self.has_operate_permission(request),
        )

    @action(title=gettext_lazy("Stock in or out"), path="stock", icon="inventory_2")
    def stock_move(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = found_or_404(self, request, object_id)
        places = [("", _("For parcels"))] if item.ships else []
        if item.collects:
            stores = programmes_selectors.list_stores(item.programme_id)
            places += [(str(store.id), store.name) for store in stores]

        def form_class(*args: Any, **kwargs: Any) -> forms.StockForm:
            form = forms.StockForm(*args, **kwargs)
            form.fields["store"].choices = places  # type: ignore[attr-defined]
            return form

        def act(values: dict[str, Any]) -> str:
            left = services.move_stock(
                item_id=item.pk,
                change=values["change"],
                store_id=int(values["store"]) if values["store"] else None,
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("Done: %(left)s are there now.") % {"left": f"{left:,}"}

        return ask(
            self,
            request,
            title=_("Stock of %(item)s") % {"item": wording.name(item)},
            form_class=form_class,
            act=act,
            done=record_url(models.Item, item.pk),
            explain=_("In stock now: %(left)s") % {"left": self.stock(item)},
        )

    @action(title=gettext_lazy("Upload codes"), path="codes", icon="upload_file")
    def upload(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            taken = services.upload_codes(
                item_id=item.pk,
                content=values["file"].read(),
                file_name=values["file"].name or "",
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("%(taken)s codes were taken, %(refused)s lines were not.") % {
                "taken": f"{taken.accepted:,}",
                "refused": f"{len(taken.refused):,}",
            }

        return ask(
            self,
            request,
            title=_("Codes for %(item)s") % {"item": wording.name(item)},
            form_class=forms.CodesForm,
            act=act,
            done=record_url(models.Item, item.pk),
            button=_("Upload"),
        )

    @action(title=gettext_lazy("Publish"), path="publish", icon="publish")
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.publish_item(
                item_id=item.pk, actor=actor(request), reason=values["reason"], now=clock.now()
            )
            return _("It is on the shelf.")

        return ask(
            self,
            request,
            title=_("Publish %(item)s") % {"item": wording.name(item)},
            form_class=ReasonForm,
            act=act,
            done=record_url(models.Item, item.pk),
            button=_("Publish"),
            tables=_seen({name: getattr(item, name) for name in _SEEN}, item.programme_id),
        )

    @action(title=gettext_lazy("Take off the shelf"), path="end", icon="remove_shopping_cart")
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.end_item(
                item_id=item.pk, actor=actor(request), reason=values["reason"], now=clock.now()
            )
            return _("Members do not see it any more.")

        return ask(
            self,
            request,
            title=_("Take %(item)s off the shelf") % {"item": wording.name(item)},
            form_class=ReasonForm,
            act=act,
            done=record_url(models.Item, item.pk),
            explain=_("Orders that are made are still delivered."),
            button=_("Take off the shelf"),
            dangerous=True,
        )

    def refused(self, request: HttpRequest, upload_id: int) -> HttpResponse:
        """Send the refused lines of an upload with their reasons as a CSV file."""
        upload = models.CodeUpload.objects.filter(pk=upload_id).first()
        if upload is None or not self.has_view_permission(request):
            raise Http404
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(["line", "code", "reason"])
        for line, why in upload.refused:
            writer.writerow([line, why, wording.refusals().get(why, why)])
        answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="codes-{upload_id}-refused.csv"'
        return answer

    # --- Below a record -------------------------------------------------------------------

    def tables(self, request: HttpRequest, obj: models.Item) -> list[Table]:
        shown = [_moves(obj), _prices(obj)]
        if selectors.get_item(item_id=obj.pk).has_codes:
            shown.insert(0, _uploads(obj))
        if obj.collects:
            shown.insert(0, _stores(obj))
        pictures = _pictures(obj)
        if pictures and self.has_operate_permission(request):
            shown.append(_picture_table(obj, pictures))
        return shown


def _hidden(item: Item) -> tuple[str, ...]:
    hidden = ["publish"] if item.status is ItemStatus.PUBLISHED else ["end"]
    if not item.has_codes:
        hidden.append("upload")
    if item.kind is not ItemKind.PHYSICAL:
        hidden.append("stock_move")
    return tuple(hidden)


_SEEN = (
    *("points", "cash", "name_zh", "name_en", "limit_count", "limit_per", "tiers"),
    *("on_sale_from", "on_sale_until"),
)


def _seen(values: dict[str, Any], programme_id: int) -> list[Table]:
    """Return what members will see of what is typed."""
    currency = programmes_selectors.get_programme(programme_id).currency
    count, per = values.get("limit_count"), values.get("limit_per") or Period.EVER
    begins, ends = values.get("on_sale_from"), values.get("on_sale_until")
    window = " – ".join(when(at) if at else "…" for at in (begins, ends))
    rows = [
        [_("Name"), f"{values.get('name_zh')} / {values.get('name_en')}"],
        [_("Price"), wording.price(values.get("points") or 0, values.get("cash") or 0, currency)],
        [_("Limit for each"), f"{count} {wording.periods()[per]}" if count else _("No limit")],
        [_("For"), ", ".join(values.get("tiers") or ()) or _("everybody")],
        [_("On sale"), window if begins or ends else _("Always")],
    ]
    return [Table(title=_("What members will see"), headers=[], rows=rows)]


def _moves(obj: models.Item) -> Table:
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


def _prices(obj: models.Item) -> Table:
    rows = list(obj.prices.order_by("-version")[:_HISTORY])
    names = name_actors([row.actor for row in rows])
    return Table(
        title=_("Prices"),
        headers=[_("Version"), _("Price"), _("Since"), _("By"), _("Reason")],
        rows=[
            [
                row.version,
                wording.price(row.points, row.cash, _currency(obj)),
                when(row.made_at),
                names.get(row.actor, row.actor),
                row.reason,
            ]
            for row in rows
        ],
    )


def _uploads(obj: models.Item) -> Table:
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


def _stores(obj: models.Item) -> Table:
    return Table(
        title=_("In stores"),
        headers=[_("Store"), _("Left")],
        rows=[[shelf.store.name, shelf.left] for shelf in obj.store_stock.all()],
        empty=_("None yet: move stock to a store."),
    )


def _picture_table(obj: models.Item, pictures: list[models.Picture]) -> Table:
    return Table(
        title=_("Pictures"),
        headers=[_("Size"), ""],
        rows=[
            [
                f"{picture.width} × {picture.height}",
                Link(
                    _("Remove"),
                    reverse("admin:mall_item_remove_picture", args=[obj.pk, picture.pk]),
                ),
            ]
            for picture in pictures
        ],
    )


def _pictures(obj: models.Item) -> list[models.Picture]:
    return sorted(obj.pictures.all(), key=lambda picture: (picture.place, picture.pk))


def _image(picture: models.Picture, *, edge: int) -> str:
    url = reverse("mall:picture", args=[f"{picture.name}-small.webp"])
    return format_html(
        '<img src="{}" alt="" width="{}" height="{}" class="ck-picture" loading="lazy">',
        url,
        edge,
        edge,
    )


def _currency(obj: models.Item) -> str:
    return programmes_selectors.get_programme(obj.programme_id).currency


def _draft(values: dict[str, Any]) -> ItemDraft:
    told = {name: values[name] for name in forms.DRAFT_FIELDS}
    told["kind"], told["limit_per"] = ItemKind(told["kind"]), Period(told["limit_per"])
    return ItemDraft(**told)


def _listing() -> str:
    return reverse("admin:mall_item_changelist")


def _new_url(programme_id: int) -> str:
    return reverse("admin:mall_item_new", args=[programme_id])
