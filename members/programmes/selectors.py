"""Reads. What hot paths ask for is remembered for 60 seconds per process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from members.programmes import models, scopes
from members.programmes.errors import ProgrammeNotFoundError, StorefrontNotFoundError
from members.programmes.types import (
    Brand,
    Programme,
    ProgrammeSettings,
    SettingsVersion,
    Store,
    Storefront,
)

T = TypeVar("T")
_REMEMBER_SECONDS = 60.0
_remembered: dict[tuple[str, int], tuple[float, object]] = {}


def forget() -> None:
    """Drop what this process remembers, after a change and between tests."""
    _remembered.clear()


def _remember(kind: str, number: int, load: Callable[[], T]) -> T:
    # Not the business clock: how long a process may trust its memory is real time.
    moment = time.monotonic()
    known = _remembered.get((kind, number))
    if known is not None and moment < known[0]:
        return known[1]  # type: ignore[return-value]
    value = load()
    _remembered[kind, number] = (moment + _REMEMBER_SECONDS, value)
    return value


def get_programme(programme_id: int) -> Programme:
    """Return a programme with its present settings (at most 60 s old).

    Raises:
        ProgrammeNotFoundError: there is none with this id.
    """
    return _remember("programme", programme_id, lambda: _load_programme(pk=programme_id))


def find_programme(code: str) -> Programme | None:
    """Return the programme with this code, or None."""
    try:
        return _load_programme(code=code)
    except ProgrammeNotFoundError:
        return None


def list_programmes() -> list[Programme]:
    """Return all programmes by code."""
    codes = models.Programme.objects.order_by("code").values_list("code", flat=True)
    return [_load_programme(code=code) for code in codes]


def _load_programme(**which: object) -> Programme:
    row = models.Programme.objects.filter(**which).first()
    if row is None:
        raise ProgrammeNotFoundError()
    latest = row.settings_versions.order_by("-version").first()
    return Programme(
        id=row.pk,
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        currency=row.currency,
        timezone=row.timezone,
        settings=_settings(latest) if latest else ProgrammeSettings(),
        settings_version=latest.version if latest else 0,
    )


def _settings(row: models.SettingsVersion) -> ProgrammeSettings:
    names = ProgrammeSettings.__dataclass_fields__
    return ProgrammeSettings(**{name: getattr(row, name) for name in names})


def list_settings_versions(programme_id: int) -> list[SettingsVersion]:
    """Return every version of a programme's settings, newest first."""
    rows = models.SettingsVersion.objects.filter(programme_id=programme_id).order_by("-version")
    return [
        SettingsVersion(
            programme_id=programme_id,
            version=row.version,
            settings=_settings(row),
            actor=row.actor,
            reason=row.reason,
            made_at=row.made_at,
        )
        for row in rows
    ]


def get_storefront(storefront_id: int) -> Storefront:
    """Return a storefront (at most 60 s old).

    Raises:
        StorefrontNotFoundError: there is none with this id.
    """
    return _remember("storefront", storefront_id, lambda: _load_storefront(pk=storefront_id))


def find_storefront(code: str) -> Storefront | None:
    """Return the storefront with this code, or None."""
    try:
        return _load_storefront(code=code)
    except StorefrontNotFoundError:
        return None


def list_storefronts(programme_id: int) -> list[Storefront]:
    """Return a programme's storefronts by code."""
    rows = models.Storefront.objects.select_related("brand").filter(
        brand__programme_id=programme_id
    )
    return [_storefront(row) for row in rows.order_by("code")]


def _load_storefront(**which: object) -> Storefront:
    row = models.Storefront.objects.select_related("brand").filter(**which).first()
    if row is None:
        raise StorefrontNotFoundError()
    return _storefront(row)


def _storefront(row: models.Storefront) -> Storefront:
    return Storefront(
        id=row.pk,
        code=row.code,
        brand_id=row.brand_id,
        programme_id=row.brand.programme_id,
        channel=row.channel,
        currency=row.currency,
        name=row.name,
    )


def find_brand(code: str) -> Brand | None:
    """Return the brand with this code, or None."""
    row = models.Brand.objects.filter(code=code).first()
    return None if row is None else _brand(row)


def list_brands(programme_id: int) -> list[Brand]:
    """Return a programme's brands by code."""
    rows = models.Brand.objects.filter(programme_id=programme_id).order_by("code")
    return [_brand(row) for row in rows]


def _brand(row: models.Brand) -> Brand:
    return Brand(
        id=row.pk,
        code=row.code,
        programme_id=row.programme_id,
        name_zh=row.name_zh,
        name_en=row.name_en,
    )


def find_store(code: str, *, programme_id: int) -> Store | None:
    """Return the programme's store with this code, or None."""
    row = (
        models.Store.objects.select_related("brand")
        .filter(code=code, brand__programme_id=programme_id)
        .first()
    )
    return None if row is None else _store(row)


def list_stores(programme_id: int) -> list[Store]:
    """Return a programme's stores by code."""
    rows = models.Store.objects.select_related("brand").filter(brand__programme_id=programme_id)
    return [_store(row) for row in rows.order_by("code")]


def list_client_brands() -> dict[str, int]:
    """Return the brand of each API client, by the client's id."""
    rows = models.ClientBinding.objects.values_list("client_id", "storefront__brand_id")
    return {str(client): brand for client, brand in rows}


def _store(row: models.Store) -> Store:
    return Store(
        id=row.pk,
        code=row.code,
        brand_id=row.brand_id,
        programme_id=row.brand.programme_id,
        name=row.name,
    )


def programme_of_client(*, client_id: str) -> int | None:
    """Return the programme of the storefront that a client is bound to."""
    binding = models.ClientBinding.objects.filter(pk=client_id)
    return binding.values_list("storefront__brand__programme_id", flat=True).first()


def member_scopes() -> dict[str, Any]:
    """Return what a member may allow an app, and in which words."""
    return dict(scopes.MEMBER)
