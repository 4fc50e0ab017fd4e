"""Reads. What hot paths ask for is remembered by each process (`kernel.memory`)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from guardian.shortcuts import get_objects_for_user

from config.kernel.memory import Memory
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

SERVE = "programmes.serve_store"
_programmes: Memory[int, Programme] = Memory()
# The ids of all of them, by code: console lists ask for each row they show.
_every: Memory[str, tuple[int, ...]] = Memory()
_storefronts: Memory[int, Storefront] = Memory()


def forget() -> None:
    """Drop what this process remembers, after a change and between tests."""
    _programmes.forget()
    _every.forget()
    _storefronts.forget()


def get_programme(programme_id: int) -> Programme:
    """Return a programme with its present settings.

    Raises:
        ProgrammeNotFoundError: there is none with this id.
    """
    return _programmes.get(programme_id, lambda: _load_programme(pk=programme_id))


def find_programme(code: str) -> Programme | None:
    """Return the programme with this code, or None."""
    try:
        return _load_programme(code=code)
    except ProgrammeNotFoundError:
        return None


def list_programmes() -> list[Programme]:
    """Return all programmes by code."""
    return [get_programme(programme_id) for programme_id in _every.get("all", _load_ids)]


def _load_ids() -> tuple[int, ...]:
    return tuple(models.Programme.objects.order_by("code").values_list("pk", flat=True))


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
    """Return a storefront.

    Raises:
        StorefrontNotFoundError: there is none with this id.
    """
    return _storefronts.get(storefront_id, lambda: _load_storefront(pk=storefront_id))


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


def list_stores_served(*, user: AbstractBaseUser) -> list[int]:
    """Return the ids of the stores that a member of staff serves, by their own grants alone."""
    found = get_objects_for_user(
        user, SERVE, models.Store, with_superuser=False, accept_global_perms=False
    )
    return sorted(found.values_list("pk", flat=True))


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
