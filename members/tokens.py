"""Whose bearer token it is when a member let an app have it."""

from __future__ import annotations

from datetime import datetime

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token

from members import holders
from members.programmes import selectors as programmes_selectors
from members.types import Bearer, Status


def find_bearer(*, value: str, now: datetime) -> Bearer | None:
    """Return the member a token is of; None for storefronts' tokens, and for ended ones."""
    if not value.isascii():
        return None
    token = Token.objects.filter(
        type=Token.Type.ACCESS_TOKEN,
        hash=get_adapter().hash_token(value),
        user__is_active=True,
        expires_at__gt=now,
    ).first()
    if token is None or token.client_id is None:
        return None
    programme_id = programmes_selectors.programme_of_client(client_id=token.client_id)
    member = holders.member_of(user_id=token.user_id, programme_id=programme_id or 0)
    if member is None or member.status != Status.ACTIVE:
        return None
    return Bearer(
        member_id=member.pk,
        programme_id=member.programme_id,
        client_id=token.client_id,
        scopes=frozenset(token.get_scopes()),
    )
