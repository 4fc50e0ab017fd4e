"""QQ Connect: OAuth2 with an endpoint of its own for the openid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from members.errors import SocialFailedError
from members.social.base import Person, ask_json, text_of


def _checked(found: dict[str, Any]) -> dict[str, Any]:
    if found.get("error") or found.get("ret"):
        raise SocialFailedError(f"error {found.get('error') or found.get('ret')}")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class QQ:
    """Sign in with QQ."""

    app_id: str
    secret: str
    graph_url: str
    slug: str = "qq"
    code_name: str = "code"

    def address(self, *, state: str, redirect_uri: str, agent: str) -> str:
        """Return QQ's page."""
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self.app_id,
                "redirect_uri": redirect_uri,
                "state": state,
                "scope": "get_user_info",
            }
        )
        return f"{self.graph_url}/oauth2.0/authorize?{query}"

    def identify(self, *, code: str, redirect_uri: str, agent: str) -> Person:
        """Exchange the code, ask for openid and unionid, then for the name.

        Raises:
            SocialFailedError: QQ does not know the code, or does not answer.
        """
        query = {
            "grant_type": "authorization_code",
            "client_id": self.app_id,
            "client_secret": self.secret,
            "code": code,
            "redirect_uri": redirect_uri,
            "fmt": "json",
        }
        token = text_of(
            _checked(ask_json("GET", f"{self.graph_url}/oauth2.0/token", params=query)),
            "access_token",
        )
        query = {"access_token": token, "unionid": "1", "fmt": "json"}
        me = _checked(ask_json("GET", f"{self.graph_url}/oauth2.0/me", params=query))
        if me.get("client_id") != self.app_id:
            raise SocialFailedError("a token for another app")
        openid = text_of(me, "openid")
        query = {"access_token": token, "oauth_consumer_key": self.app_id, "openid": openid}
        user = _checked(ask_json("GET", f"{self.graph_url}/user/get_user_info", params=query))
        subjects: tuple[str, ...] = (f"open:{self.app_id}:{openid}",)
        if me.get("unionid"):
            subjects = (f"union:{me['unionid']}", *subjects)
        return Person(provider="qq", subjects=subjects, nickname=str(user.get("nickname") or ""))
