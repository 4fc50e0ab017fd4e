"""What allauth asks of us where its flows run: who a network is, and how a person is named."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext

from members import visits


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's accounts by our rules: nobody signs up past our own form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: a member is made by a proved address, in `members.services`."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that our own proxies saw."""
        return visits.ip_of(request)

    def get_login_stages(self) -> list[str]:
        """Ask for the second proof alone: addresses are proved before anybody gets here."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Keep the sign-in of an app with its risk, as the pages do."""
        from members import entering

        entering.record_app_sign_in(request, user_id=user.pk)
        return super().post_login(request, user, **kwargs)

    def send_notification_mail(
        self, template_prefix: str, user: Any, *args: Any, **kw: Any
    ) -> None:
        """Send nothing: members are told by events, through `messaging`."""


class ProofAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """How passkeys and authenticator apps name the shop and the member."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the site a passkey is good for."""
        from allauth.core import context

        host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": gettext("Changke")}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, str | bytes]:
        """Name the member by what cannot be read by others who see the device."""
        from allauth.account.utils import user_pk_to_url_str

        return {
            "id": user_pk_to_url_str(user).encode(),
            "display_name": str(settings.UNFOLD["SITE_TITLE"]),
            "name": f"{gettext('Member')} {user.pk}" if not user.is_staff else str(user),
        }


class AppAdapter(DefaultHeadlessAdapter):  # type: ignore[misc]
    """Who somebody is to an app that signed them in."""

    def serialize_user(self, user: Any) -> dict[str, Any]:
        """Return the member's public id and nickname; no account number, no address."""
        from members import selectors
        from members.views import pages

        programme_id = pages.shop().programme_id
        member_id = selectors.find_by_user(user_id=user.pk, programme_id=programme_id)
        if member_id is None:
            return {"has_usable_password": user.has_usable_password()}
        member = selectors.get_member(member_id=member_id)
        return {
            "id": member.public_id,
            "display": member.nickname,
            "has_usable_password": user.has_usable_password(),
        }
