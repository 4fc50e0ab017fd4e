"""Writes: programmes, brands, storefronts, stores, their settings and their API clients."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from guardian.shortcuts import assign_perm, remove_perm

from config.kernel import audit
from members.programmes import models, selectors
from members.programmes import scopes as scopes_known
from members.programmes.errors import (
    CodeTakenError,
    InvalidSettingError,
    ProgrammeNotFoundError,
    RedirectAddressError,
    StorefrontNotFoundError,
    UnknownCurrencyError,
    UnknownScopeError,
    UnknownTimezoneError,
)
from members.programmes.types import (
    DEBT_POLICIES,
    Brand,
    ClientCredentials,
    Programme,
    ProgrammeSettings,
    Store,
    Storefront,
)

__all__ = [
    "CodeTakenError",
    "InvalidSettingError",
    "ProgrammeNotFoundError",
    "RedirectAddressError",
    "StorefrontNotFoundError",
    "UnknownCurrencyError",
    "UnknownScopeError",
    "UnknownTimezoneError",
    "change_settings",
    "clear_tokens",
    "create_app",
    "create_brand",
    "create_client",
    "create_programme",
    "create_store",
    "create_storefront",
    "issue_sandbox_token",
    "revoke_client",
    "serve_stores",
]

# Least and greatest value of each whole-number setting.
_BOUNDS = {
    "return_window_days": (0, 365),
    "points_validity_months": (1, 1200),
    "return_grace_days": (0, 366),
    "reservation_ttl_seconds": (60, 7200),
    "debt_cap": (0, 2_000_000_000),
    "merge_alone": (0, 2_000_000_000),
}
SANDBOX = "docs sandbox"
_CURRENCY = re.compile(r"[A-Z]{3}")


@transaction.atomic
def create_programme(
    *, code: str, name_zh: str, name_en: str, currency: str, timezone: str, now: datetime
) -> Programme:
    """Open a programme with the default settings.

    Raises:
        CodeTakenError: another programme has the code.
        UnknownCurrencyError, UnknownTimezoneError: as they say.
    """
    _check_currency(currency)
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownTimezoneError(timezone) from None
    row = _insert(
        models.Programme,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        currency=currency,
        timezone=timezone,
        created_at=now,
    )
    _add_version(row.pk, 1, ProgrammeSettings(), actor="system", reason="opened", now=now)
    transaction.on_commit(selectors.forget)
    selectors.forget()
    return selectors.get_programme(row.pk)


@transaction.atomic
def create_brand(*, programme_id: int, code: str, name_zh: str, name_en: str) -> Brand:
    """Add a brand to a programme.

    Raises:
        CodeTakenError: another brand has the code.
        ProgrammeNotFoundError: there is no such programme.
    """
    selectors.get_programme(programme_id)
    row = _insert(
        models.Brand, programme_id=programme_id, code=code, name_zh=name_zh, name_en=name_en
    )
    return Brand(id=row.pk, code=code, programme_id=programme_id, name_zh=name_zh, name_en=name_en)


@transaction.atomic
def create_storefront(
    *, brand_id: int, code: str, channel: str, currency: str, name: str
) -> Storefront:
    """Open a storefront of a brand on a channel.

    Raises:
        CodeTakenError: another storefront has the code.
        UnknownCurrencyError: the currency is none.
    """
    _check_currency(currency)
    row = _insert(
        models.Storefront,
        brand_id=brand_id,
        code=code,
        channel=channel,
        currency=currency,
        name=name,
    )
    return selectors.get_storefront(row.pk)


@transaction.atomic
def create_store(*, brand_id: int, code: str, name: str) -> Store:
    """Add a place of a brand.

    Raises:
        CodeTakenError: another store has the code.
    """
    row = _insert(models.Store, brand_id=brand_id, code=code, name=name)
    programme_id = models.Brand.objects.values_list("programme_id", flat=True).get(pk=brand_id)
    return Store(id=row.pk, code=code, brand_id=brand_id, programme_id=programme_id, name=name)


@transaction.atomic
def change_settings(
    *, programme_id: int, changes: Mapping[str, Any], actor: str, reason: str, now: datetime
) -> Programme:
    """Write a new version of the programme's settings with these changes.

    Raises:
        ProgrammeNotFoundError: there is no such programme.
        InvalidSettingError: a setting is unknown or out of bounds, or no reason is given.
    """
    if not reason.strip():
        raise InvalidSettingError("say why")
    # The row lock makes versions follow one another.
    if not models.Programme.objects.select_for_update().filter(pk=programme_id).exists():
        raise ProgrammeNotFoundError()
    latest = selectors.list_settings_versions(programme_id)[0]
    _check_settings(changes)
    changed = replace(latest.settings, **changes)
    if changed != latest.settings:
        _add_version(programme_id, latest.version + 1, changed, actor=actor, reason=reason, now=now)
        audit.record(
            actor=actor,
            action="programme.settings_changed",
            target=f"programme:{programme_id}",
            reason=reason,
            before=asdict(latest.settings),
            after=asdict(changed),
            now=now,
        )
    transaction.on_commit(selectors.forget)
    selectors.forget()
    return selectors.get_programme(programme_id)


@transaction.atomic
def create_client(
    *,
    storefront_id: int,
    scopes: Sequence[str],
    rate_per_minute: int | None = settings.API_RATE_PER_MINUTE,
    name: str = "",
    actor: str = "system",
    now: datetime,
) -> ClientCredentials:
    """Make an API client of a storefront. Its secret is told here and never again.

    Raises:
        StorefrontNotFoundError: there is no such storefront.
        UnknownScopeError: one of the scopes does not exist.
    """
    storefront = selectors.get_storefront(storefront_id)
    _check_scopes(scopes)
    secret = secrets.token_urlsafe(32)
    # The secret is given at once: the model's default would hash one of its own, slowly.
    client = Client(
        name=name or f"{storefront.code} client",
        secret=make_password(secret, hasher="machine"),
        created_at=now,
    )
    client.type = Client.Type.CONFIDENTIAL
    client.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
    client.set_response_types([])
    client.set_scopes(list(scopes))
    client.set_default_scopes(list(scopes))
    client.save(force_insert=True)
    models.ClientBinding.objects.create(
        client=client, storefront_id=storefront.id, rate_per_minute=rate_per_minute, created_at=now
    )
    audit.record(
        actor=actor,
        action="client.created",
        target=f"client:{client.pk}",
        after={"storefront": storefront.code, "scopes": list(scopes), "rate": rate_per_minute},
        now=now,
    )
    return ClientCredentials(client_id=client.pk, client_secret=secret)


@transaction.atomic
def create_app(
    *,
    storefront_id: int,
    name: str,
    redirect_uris: Sequence[str],
    scopes: Sequence[str],
    is_public: bool = False,
    actor: str = "system",
    now: datetime,
) -> ClientCredentials:
    """Make an app that signs members in by OpenID Connect; its tokens are a member's own.

    `is_public`: an app on a phone or in a browser, which can keep no secret; it gets none.

    Raises:
        StorefrontNotFoundError: there is no such storefront.
        UnknownScopeError: one of the scopes is none a member can give.
        RedirectAddressError: an address to come back to is not safe.
    """
    storefront = selectors.get_storefront(storefront_id)
    if unknown := set(scopes) - set(scopes_known.MEMBER):
        raise UnknownScopeError(f"there is no scope {sorted(unknown)[0]}")
    for address in redirect_uris:
        _check_redirect(address)
    secret = "" if is_public else secrets.token_urlsafe(32)
    client = Client(
        name=name,
        secret=make_password(secret or None, hasher="machine"),
        created_at=now,
        type=Client.Type.PUBLIC if is_public else Client.Type.CONFIDENTIAL,
    )
    client.set_grant_types([Client.GrantType.AUTHORIZATION_CODE, Client.GrantType.REFRESH_TOKEN])
    client.set_response_types([Client.ResponseType.CODE])
    client.set_redirect_uris(list(redirect_uris))
    client.set_scopes(list(scopes))
    client.set_default_scopes(["openid"])
    client.save(force_insert=True)
    models.ClientBinding.objects.create(
        client=client, storefront_id=storefront.id, rate_per_minute=None, created_at=now
    )
    audit.record(
        actor=actor,
        action="app.created",
        target=f"client:{client.pk}",
        after={"storefront": storefront.code, "scopes": list(scopes), "public": is_public},
        now=now,
    )
    return ClientCredentials(client_id=client.pk, client_secret=secret)


def _check_redirect(address: str) -> None:
    parts = urlsplit(address)
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    own = "." in parts.scheme  # com.example.app:/back, RFC 8252
    if not (local or own or (parts.scheme == "https" and parts.hostname)) or parts.fragment:
        raise RedirectAddressError(address[:200])


@transaction.atomic
def revoke_client(*, client_id: str, actor: str, reason: str, now: datetime) -> None:
    """Take an API client away with all its tokens (they may live on for 60 s in caches)."""
    Client.objects.filter(pk=client_id).delete()
    audit.record(
        actor=actor, action="client.revoked", target=f"client:{client_id}", reason=reason, now=now
    )


@transaction.atomic
def issue_sandbox_token(*, storefront_id: int, lifetime: timedelta, now: datetime) -> str:
    """Return a short-lived token of the storefront's sandbox client, which is made when missing.

    It sees personal data masked. Whether an installation has a sandbox is for the caller to say.

    Raises:
        StorefrontNotFoundError: there is no such storefront.
    """
    # The row lock: two first visitors make one client.
    if not models.Storefront.objects.select_for_update().filter(pk=storefront_id).exists():
        raise StorefrontNotFoundError()
    named = {"storefront_id": storefront_id, "client__name": SANDBOX}
    binding = models.ClientBinding.objects.filter(**named).first()
    wanted = [scope for scope in scopes_known.ALL if scope != "members:pii"]
    client_id = (
        binding.client_id
        if binding
        else create_client(
            storefront_id=storefront_id, scopes=wanted, rate_per_minute=600, name=SANDBOX, now=now
        ).client_id
    )
    value = secrets.token_urlsafe(32)
    token = Token(type=Token.Type.ACCESS_TOKEN, client_id=client_id, created_at=now)
    token.expires_at = now + lifetime
    token.set_value(value)
    token.set_scopes(wanted)
    token.save(force_insert=True)
    return value


def clear_tokens(*, now: datetime) -> int:
    """Delete the tokens that have expired; return how many."""
    return int(Token.objects.filter(expires_at__lte=now).delete()[0])


def _check_scopes(wanted: Sequence[str]) -> None:
    if unknown := sorted(set(wanted) - set(scopes_known.ALL)):
        raise UnknownScopeError(", ".join(unknown))


def _check_currency(currency: str) -> None:
    if not _CURRENCY.fullmatch(currency):
        raise UnknownCurrencyError(currency)


def _check_settings(changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        if name == "debt_policy":
            if value not in DEBT_POLICIES:
                raise InvalidSettingError(f"{name}: {value}")
        elif name == "debt_cap" and value is None:
            continue
        elif name not in _BOUNDS:
            raise InvalidSettingError(f"there is no setting {name}")
        elif type(value) is not int or not _BOUNDS[name][0] <= value <= _BOUNDS[name][1]:
            least, most = _BOUNDS[name]
            raise InvalidSettingError(f"{name} must lie in {least} to {most}")


def _add_version(
    programme_id: int,
    version: int,
    values: ProgrammeSettings,
    *,
    actor: str,
    reason: str,
    now: datetime,
) -> None:
    models.SettingsVersion.objects.create(
        programme_id=programme_id,
        version=version,
        actor=actor,
        reason=reason,
        made_at=now,
        **asdict(values),
    )


def _insert(model: type[Any], **values: Any) -> Any:
    """Insert a row; its unique code decides whether it may."""
    try:
        with transaction.atomic():
            return model.objects.create(**values)
    except IntegrityError as exc:
        if getattr(exc.__cause__, "sqlstate", None) != "23505":
            raise
        raise CodeTakenError(values["code"]) from None


def serve_stores(*, user: AbstractBaseUser, store_ids: Collection[int]) -> list[int]:
    """Let a member of staff serve these stores and no others; return what they served.

    Who serves which store is part of what staff may do: members' services write the trail.
    """
    before = selectors.list_stores_served(user=user)
    for store in models.Store.objects.filter(pk__in=set(before) | set(store_ids)):
        (assign_perm if store.pk in store_ids else remove_perm)(selectors.SERVE, user, store)
    return before
