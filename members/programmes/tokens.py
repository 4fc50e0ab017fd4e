"""Whose bearer token it is: allauth's token, its client, and the storefront it is bound to."""

from __future__ import annotations

from datetime import datetime

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token

from config.kernel.api.auth import Resolved
from config.kernel.api.contracts import Caller
from members.programmes.models import ClientBinding


def resolve(value: str, now: datetime) -> Resolved | None:
    """Return the caller a token stands for; None for user tokens and unbound clients."""
    token = (
        Token.objects.filter(
            type=Token.Type.ACCESS_TOKEN,
            hash=get_adapter().hash_token(value),
            user__isnull=True,
            client__isnull=False,
        )
        .only("client_id", "scopes", "expires_at")
        .first()
    )
    if token is None:
        return None
    binding = (
        ClientBinding.objects.select_related("storefront__brand__programme")
        .filter(pk=token.client_id)
        .first()
    )
    if binding is None:
        return None
    storefront = binding.storefront
    caller = Caller(
        client_id=token.client_id,
        storefront_id=storefront.pk,
        brand_id=storefront.brand_id,
        programme_id=storefront.brand.programme_id,
        scopes=frozenset(token.get_scopes()),
        currency=storefront.currency,
        timezone=storefront.brand.programme.timezone,
        rate_per_minute=binding.rate_per_minute,
    )
    return Resolved(caller=caller, expires_at=token.expires_at)
