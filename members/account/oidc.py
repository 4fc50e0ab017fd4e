"""Changke as OpenID Connect provider: who a member is to an app, and what it may be told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client
from django.conf import settings

from config.kernel import ids
from config.kernel.errors import DomainError
from members import models, selectors
from members.programmes import selectors as programmes_selectors


class MemberProvider(DefaultOIDCAdapter):  # type: ignore[misc]
    """Members by their public id in the app's programme; claims by scope, and no more."""

    scope_display = programmes_selectors.member_scopes()

    def get_issuer(self) -> str:
        """Return the site's own address, whatever host a request names."""
        return settings.BASE_URL.rstrip("/")

    def get_user_sub(self, client: Client, user: Any) -> str:
        """Return the member's public id; an app never learns the number of the account."""
        programme_id = programmes_selectors.programme_of_client(client_id=client.pk)
        member_id = selectors.find_by_user(user_id=user.pk, programme_id=programme_id or 0)
        return selectors.public_id(member_id) if member_id is not None else ""

    def get_user_by_sub(self, client: Client, sub: str) -> models.User | None:
        """Return the account of a member, while it may sign in."""
        try:
            member_id = ids.decode("mem", sub).member_id
        except DomainError:
            return None
        programme_id = programmes_selectors.programme_of_client(client_id=client.pk) or 0
        member = models.Member.objects.filter(
            pk=member_id, programme_id=programme_id, status="active", user__is_active=True
        ).first()
        return member.user if member else None

    def get_claims(
        self,
        purpose: Any,
        user: Any,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Return what the scopes allow; an address only when it is proved."""
        claims: dict[str, Any] = {"sub": self.get_user_sub(client, user)}
        member_id = ids.decode("mem", claims["sub"]).member_id if claims["sub"] else 0
        if not member_id:
            return claims
        member, allowed = selectors.get_member(member_id=member_id), set(scopes)
        if "profile" in allowed:
            told = {"nickname": member.nickname, "locale": member.locale}
            claims |= {name: value for name, value in told.items() if value}
        if "email" in allowed and member.email and member.email_verified:
            claims |= {"email": member.email, "email_verified": True}
        if "phone" in allowed and member.phone and member.phone_verified:
            claims |= {"phone_number": member.phone, "phone_number_verified": True}
        return claims

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        """Tell what is offered: authorization code and refresh, our scopes and claims."""
        data["scopes_supported"] = list(programmes_selectors.member_scopes())
        data["grant_types_supported"] = ["authorization_code", "refresh_token"]
        data["response_types_supported"] = ["code"]
        data["claims_supported"] = ["sub", "nickname", "locale", "email", "phone_number"]
        data.pop("device_authorization_endpoint", None)
