"""API clients for tests: a bearer token around Django's test client."""

from __future__ import annotations

import json as jsonlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.idp.oidc.models import Token
from django.http import HttpResponse
from django.test import Client

from config.kernel import clock
from members.programmes import scopes as known_scopes
from members.programmes import services
from tests.factories.programmes import Shop


class ApiClient:
    """Calls the API as one client of one storefront. Paths are given below /api/v1/."""

    def __init__(self, *, client_id: str, token: str) -> None:
        self.client_id = client_id
        self.token = token
        self.http = Client(raise_request_exception=False)

    def get(self, path: str, query: Mapping[str, Any] | None = None, **headers: str) -> Any:
        return self.call("GET", path, query=query, headers=headers)

    def post(
        self,
        path: str,
        json: Any = None,
        key: str | None = None,
        query: Mapping[str, Any] | None = None,
        **headers: str,
    ) -> Any:
        return self.call("POST", path, json=json, key=key, query=query, headers=headers)

    def patch(self, path: str, json: Any = None, key: str | None = None, **headers: str) -> Any:
        return self.call("PATCH", path, json=json, key=key, headers=headers)

    def delete(self, path: str, key: str | None = None, **headers: str) -> Any:
        return self.call("DELETE", path, key=key, headers=headers)

    def post_lines(self, path: str, rows: Sequence[Any], key: str | None = None) -> Any:
        """Post NDJSON."""
        raw = b"".join(jsonlib.dumps(row).encode() + b"\n" for row in rows)
        return self.call("POST", path, raw=raw, key=key, content_type="application/x-ndjson")

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        raw: bytes | None = None,
        key: str | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> HttpResponse:
        """Send any request; `headers` are given as If_Match="…"."""
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        sent.setdefault("Authorization", f"Bearer {self.token}")
        if key is not None:
            sent["Idempotency-Key"] = key
        body = raw if raw is not None else b"" if json is None else jsonlib.dumps(json).encode()
        return self.http.generic(  # type: ignore[return-value]
            method,
            f"/api/v1/{path.removeprefix('/api/v1/').lstrip('/')}",
            body,
            content_type=content_type if body else "",
            headers=sent,
            query_params=dict(query or {}),
        )


def api_client(
    shop: Shop,
    scopes: str | Sequence[str] = "all",
    *,
    rate: int | None = None,
    expires_at: datetime | None = None,
) -> ApiClient:
    """Return a client of the shop's storefront with a token for these scopes."""
    if isinstance(scopes, str):
        wanted = list(known_scopes.ALL) if scopes == "all" else scopes.split()
    else:
        wanted = list(scopes)
    now = clock.now()
    made = services.create_client(
        storefront_id=shop.storefront.id, scopes=wanted, rate_per_minute=rate, now=now
    )
    value = secrets.token_urlsafe(32)
    token = Token(
        type=Token.Type.ACCESS_TOKEN,
        client_id=made.client_id,
        expires_at=expires_at or now + timedelta(hours=1),
    )
    token.set_value(value)
    token.set_scopes(wanted)
    token.save()
    return ApiClient(client_id=made.client_id, token=value)
