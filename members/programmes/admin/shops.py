"""Console: brands, their stores and storefronts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy

from config.kernel import words
from config.kernel.console import ReadOnlyAdmin, programme_name
from members.programmes import models

for _model in (models.Brand, models.Store, models.Storefront):
    words.call(_model)


@admin.register(models.Brand)
class BrandAdmin(ReadOnlyAdmin):
    """Brands."""

    list_display = ("code", "name_zh", "name_en", "shown_programme")
    ordering = ("code",)
    fields = ("code", "name_zh", "name_en", "shown_programme")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("programme"), ordering="programme")
    def shown_programme(self, obj: models.Brand) -> str:
        return programme_name(obj.programme_id)


class _OfBrand(ReadOnlyAdmin):
    """What belongs to a brand, which goes by its name."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.list_display

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.list_display

    @admin.display(description=gettext_lazy("brand"), ordering="brand")
    def shown_brand(self, obj: Any) -> str:
        chinese = (get_language() or "").startswith("zh")
        return str((obj.brand.name_zh if chinese else obj.brand.name_en) or obj.brand.code)


@admin.register(models.Store)
class StoreAdmin(_OfBrand):
    """Places of a brand."""

    list_display = ("code", "name", "shown_brand")
    list_select_related = ("brand",)
    ordering = ("code",)


@admin.register(models.Storefront)
class StorefrontAdmin(_OfBrand):
    """Storefronts: a brand on a channel."""

    list_display = ("code", "name", "shown_brand", "channel", "currency")
    list_select_related = ("brand",)
    ordering = ("code",)
