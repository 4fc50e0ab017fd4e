"""Console: pictures of an item, put on and taken off."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel.console import Link, ReadOnlyAdmin, Table, action, change, found_or_404
from points.mall import models, services
from points.mall.admin import forms, wording


class Picturing(ReadOnlyAdmin):
    """The buttons of pictures on the screen of items."""

    def get_urls(self) -> list[URLPattern]:
        remove = path(
            "<int:item_id>/pictures/<int:picture_id>/remove",
            self.admin_site.admin_view(self.remove_picture),
            name="mall_item_remove_picture",
        )
        return [remove, *super().get_urls()]

    @action(title=gettext_lazy("Add a picture"), path="picture", icon="add_photo_alternate")
    def picture(self, request: HttpRequest, object_id: str) -> HttpResponse:
        item = found_or_404(self, request, object_id)

        def add(*, picture: Any, **told: Any) -> None:
            services.add_picture(item_id=item.pk, content=picture, **told)

        return change(
            self,
            request,
            item,
            title=_("A picture for %(item)s") % {"item": wording.name(item)},
            form_class=forms.PictureForm,
            run=add,
            said=_("The picture is on the item."),
            button=_("Add"),
        )

    def remove_picture(self, request: HttpRequest, item_id: int, picture_id: int) -> HttpResponse:
        """Take a picture off an item."""
        item = found_or_404(self, request, str(item_id))
        return change(
            self,
            request,
            item,
            title=_("Remove a picture of %(item)s") % {"item": wording.name(item)},
            run=partial(services.remove_picture, item_id=item.pk, picture_id=picture_id),
            said=_("The picture is gone from the item."),
            button=_("Remove"),
            allowed=self.has_operate_permission(request),
        )


def tables(obj: models.Item) -> list[Table]:
    """Return the pictures with what takes each off; nothing where there are none."""
    drawn = pictures_of(obj)
    if not drawn:
        return []
    return [
        Table(
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
                for picture in drawn
            ],
        )
    ]


def pictures_of(obj: models.Item) -> list[models.Picture]:
    """Return the pictures in the order members see them."""
    return sorted(obj.pictures.all(), key=lambda picture: (picture.place, picture.pk))


def image(picture: models.Picture, *, edge: int) -> str:
    """Draw a picture this large."""
    url = reverse("mall:picture", args=[f"{picture.name}-small.webp"])
    return format_html(
        '<img src="{}" alt="" width="{}" height="{}" class="ck-picture" loading="lazy">',
        url,
        edge,
        edge,
    )
