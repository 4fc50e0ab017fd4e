"""Console: pieces and codes of an item, in and out."""

from __future__ import annotations

import csv
import io
from functools import partial
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel.console import ReadOnlyAdmin, action, change, found_or_404
from members.programmes import selectors as programmes_selectors
from points.mall import models, services
from points.mall.admin import forms, wording


class Stocking(ReadOnlyAdmin):
    """The buttons of stock and codes on the screen of items."""

    def get_urls(self) -> list[URLPattern]:
        refused = path(
            "uploads/<int:upload_id>",
            self.admin_site.admin_view(self.refused),
            name="mall_item_refused",
        )
        return [refused, *super().get_urls()]

    @admin.display(description=gettext_lazy("in stock"), ordering="left")
    def stock(self, obj: models.Item) -> str:
        if obj.left is None:
            return _("does not run out")
        stores = sum(shelf.left for shelf in obj.store_stock.all())
        if not stores:
            return f"{obj.left:,}"
        return _("%(left)s, and %(stores)s in stores") % {"left": obj.left, "stores": stores}

    @action(title=gettext_lazy("Stock in or out"), path="stock", icon="inventory_2")
    def stock_move(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = found_or_404(self, request, object_id)

        def move(*, store: str, **told: Any) -> int:
            store_id = int(store) if store else None
            return services.move_stock(item_id=item.pk, store_id=store_id, **told)

        return change(
            self,
            request,
            item,
            title=_("Stock of %(item)s") % {"item": wording.name(item)},
            form_class=partial(forms.StockForm, places=_places(item)),
            run=move,
            said=lambda left: _("Done: %(left)s are there now.") % {"left": f"{left:,}"},
            explain=_("In stock now: %(left)s") % {"left": self.stock(item)},
        )

    @action(title=gettext_lazy("Upload codes"), path="codes", icon="upload_file")
    def upload(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = found_or_404(self, request, object_id)

        def take(*, file: Any, **told: Any) -> Any:
            name = file.name or ""
            return services.upload_codes(
                item_id=item.pk, content=file.read(), file_name=name, **told
            )

        return change(
            self,
            request,
            item,
            title=_("Codes for %(item)s") % {"item": wording.name(item)},
            form_class=forms.CodesForm,
            run=take,
            said=lambda taken: (
                _("%(taken)s codes were taken, %(refused)s lines were not.")
                % {"taken": f"{taken.accepted:,}", "refused": f"{len(taken.refused):,}"}
            ),
            button=_("Upload"),
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


def _places(item: models.Item) -> list[tuple[str, str]]:
    """Return where pieces of an item can lie: for parcels, in stores."""
    places = [("", _("For parcels"))] if item.ships else []
    if item.collects:
        stores = programmes_selectors.list_stores(item.programme_id)
        places += [(str(store.id), store.name) for store in stores]
    return places
