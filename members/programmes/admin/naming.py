"""What the console calls programmes, storefronts and API clients."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language

from config.kernel.console import names_actors, names_things
from members.programmes import models, selectors
from members.programmes.errors import ProgrammeNotFoundError, StorefrontNotFoundError
from members.programmes.types import Programme


def _called(programme: Programme) -> str:
    chinese = (get_language() or "").startswith("zh")
    return (programme.name_zh if chinese else programme.name_en) or programme.code


def _programme(programme_id: int) -> str:
    try:
        return _called(selectors.get_programme(programme_id))
    except ProgrammeNotFoundError:
        return str(programme_id)


def _storefront(storefront_id: int) -> str:
    try:
        return selectors.get_storefront(storefront_id).name
    except StorefrontNotFoundError:
        return str(storefront_id)


def _programmes() -> dict[int, str]:
    return {programme.id: _called(programme) for programme in selectors.list_programmes()}


def _storefronts() -> dict[int, str]:
    return dict(models.Storefront.objects.order_by("code").values_list("pk", "name"))


names_things("programme", one=_programme, every=_programmes)
names_things("storefront", one=_storefront, every=_storefronts)


def _clients(keys: Sequence[str]) -> dict[str, str]:
    rows = models.ClientBinding.objects.filter(client_id__in=keys)
    return dict(rows.values_list("client_id", "client__name"))


names_actors("client", _clients)
