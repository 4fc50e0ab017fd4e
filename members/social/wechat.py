"""WeChat: the open platform's QR code, the official account inside the app, mini-programs.

The three know a person by different openids; what they share is the unionid, given when the
shop's apps are bound to one open-platform account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache

from config.kernel import crypto
from members.errors import SocialFailedError
from members.social.base import Person, ask_json, text_of

IN_APP = "MicroMessenger"
_STALE = {40001, 40014, 42001}
_EARLY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """One of the shop's apps at WeChat."""

    app_id: str
    secret: str


def _checked(found: dict[str, Any]) -> dict[str, Any]:
    """WeChat answers 200 to everything; what went wrong stands inside."""
    if found.get("errcode"):
        raise SocialFailedError(f"errcode {found['errcode']}")
    return found


def _person(app: App, found: dict[str, Any], nickname: str = "") -> Person:
    openid = f"open:{app.app_id}:{text_of(found, 'openid')}"
    union = found.get("unionid")
    return Person(
        provider="wechat",
        subjects=(f"union:{union}", openid) if union else (openid,),
        nickname=nickname,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChat:
    """Sign in with WeChat in a browser: by QR code, or inside the app without one."""

    web: App | None
    official: App | None
    open_url: str
    api_url: str
    slug: str = "wechat"
    code_name: str = "code"

    def _app(self, agent: str) -> tuple[App, bool]:
        in_app = IN_APP in agent and self.official is not None
        app = self.official if in_app else self.web or self.official
        if app is None:
            raise SocialFailedError("no app")
        return app, in_app

    def address(self, *, state: str, redirect_uri: str, agent: str) -> str:
        """Return the page with the QR code; inside WeChat the one that asks for consent."""
        app, in_app = self._app(agent)
        path = "/connect/oauth2/authorize" if in_app else "/connect/qrconnect"
        query = urlencode(
            {
                "appid": app.app_id,
                "redirect_uri": redirect_uri,
                "response_type": "code",
                "scope": "snsapi_userinfo" if in_app else "snsapi_login",
                "state": state,
            }
        )
        return f"{self.open_url}{path}?{query}#wechat_redirect"

    def identify(self, *, code: str, redirect_uri: str, agent: str) -> Person:
        """Exchange the code, then ask for name and unionid.

        Raises:
            SocialFailedError: WeChat does not know the code, or does not answer.
        """
        app, _in_app = self._app(agent)
        query = {
            "appid": app.app_id,
            "secret": app.secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        token = _checked(ask_json("GET", f"{self.api_url}/sns/oauth2/access_token", params=query))
        query = {
            "access_token": text_of(token, "access_token"),
            "openid": text_of(token, "openid"),
            "lang": "zh_CN",
        }
        found = _checked(ask_json("GET", f"{self.api_url}/sns/userinfo", params=query))
        if found.get("openid") != token["openid"]:
            raise SocialFailedError("another openid")
        return _person(app, {**token, **found}, str(found.get("nickname") or ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniProgram:
    """Sign in from a mini-program: its `wx.login` code, and the phone number WeChat verified."""

    app: App
    api_url: str

    def identify(self, *, code: str) -> Person:
        """Return who runs the mini-program (`code2session`). The session key is not kept.

        Raises:
            SocialFailedError: WeChat does not know the code, or does not answer.
        """
        query = {
            "appid": self.app.app_id,
            "secret": self.app.secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        found = ask_json("GET", f"{self.api_url}/sns/jscode2session", params=query)
        return _person(self.app, _checked(found))

    def phone_number(self, *, code: str) -> str:
        """Return the number that the member let WeChat tell (`getPhoneNumber`), with its +.

        Raises:
            SocialFailedError: WeChat does not know the code, or does not answer.
        """
        found = self._ask_phone(code)
        if found.get("errcode") in _STALE:
            # The token was replaced by another server of ours.
            cache.delete(self._key)
            found = self._ask_phone(code)
        info = _checked(found).get("phone_info") or {}
        country, number = text_of(info, "countryCode"), text_of(info, "purePhoneNumber")
        return f"+{country}{number}"

    def _ask_phone(self, code: str) -> dict[str, Any]:
        return ask_json(
            "POST",
            f"{self.api_url}/wxa/business/getuserphonenumber",
            params={"access_token": self._access_token()},
            json={"code": code},
        )

    @property
    def _key(self) -> str:
        return f"wechat:token:{self.app.app_id}"

    def _access_token(self) -> str:
        """Return the app's own token; it is kept encrypted until shortly before its end."""
        kept = cache.get(self._key)
        if kept is not None:
            return crypto.ring().decrypt(kept, context=self._key).decode()
        query = {
            "grant_type": "client_credential",
            "appid": self.app.app_id,
            "secret": self.app.secret,
        }
        found = _checked(ask_json("GET", f"{self.api_url}/cgi-bin/token", params=query))
        token = text_of(found, "access_token")
        seconds = int(found.get("expires_in", 0)) - int(_EARLY.total_seconds())
        if seconds > 0:
            sealed = crypto.ring().encrypt(token.encode(), context=self._key)
            cache.set(self._key, sealed, timeout=seconds)
        return token
