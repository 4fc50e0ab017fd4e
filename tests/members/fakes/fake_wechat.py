"""WeChat's servers: open platform, official account, mini-program."""

from __future__ import annotations

import json
from typing import Any

from tests.members.fakes.serving import Answer, Fake, Route

APPS = {"wx-web": "web-secret", "wx-official": "official-secret", "wx-mini": "mini-secret"}


class FakeWeChat(Fake):
    """Knows three apps of one shop, bound to one open-platform account or not."""

    def __init__(self, *, with_union: bool = True) -> None:
        super().__init__()
        self.with_union = with_union
        self.app_tokens: set[str] = set()

    def routes(self) -> dict[tuple[str, str], Route]:
        return {
            ("GET", "/sns/oauth2/access_token"): self._token,
            ("GET", "/sns/userinfo"): self._user,
            ("GET", "/sns/jscode2session"): self._session,
            ("GET", "/cgi-bin/token"): self._app_token,
            ("POST", "/wxa/business/getuserphonenumber"): self._phone,
        }

    def _refuse(self, query: dict[str, str], grant: str) -> Answer | None:
        if APPS.get(query.get("appid", "")) != query.get("secret"):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if query.get("grant_type") != grant:
            return {"errcode": 40002, "errmsg": "invalid grant_type"}
        return None

    def _names(self, app: str, person: str) -> dict[str, Any]:
        names: dict[str, Any] = {"openid": f"o-{app}-{person}"}
        return {**names, "unionid": f"u-{person}"} if self.with_union else names

    def _token(self, query: dict[str, str], body: bytes) -> Answer:
        if refused := self._refuse(query, "authorization_code"):
            return refused
        person = self.codes.pop(query.get("code", ""), None)
        if person is None:
            return {"errcode": 40029, "errmsg": "invalid code"}
        names = self._names(query["appid"], person)
        token = self.give_token((person, names))
        return {"access_token": token, "expires_in": 7200, "scope": "snsapi_login", **names}

    def _user(self, query: dict[str, str], body: bytes) -> Answer:
        person, names = self.tokens.get(query.get("access_token", ""), (None, {}))
        if person is None or query.get("openid") != names["openid"]:
            return {"errcode": 40003, "errmsg": "invalid openid"}
        return {"nickname": f"{person}的微信", "sex": 0, **names}

    def _session(self, query: dict[str, str], body: bytes) -> Answer:
        if refused := self._refuse(query, "authorization_code"):
            return refused
        person = self.codes.pop(query.get("js_code", ""), None)
        if person is None:
            return {"errcode": 40163, "errmsg": "code been used"}
        return {"session_key": "c2Vzc2lvbg==", **self._names(query["appid"], person)}

    def _app_token(self, query: dict[str, str], body: bytes) -> Answer:
        if refused := self._refuse(query, "client_credential"):
            return refused
        token = self.give_token("app")
        self.app_tokens = {token}
        return {"access_token": token, "expires_in": 7200}

    def _phone(self, query: dict[str, str], body: bytes) -> Answer:
        if query.get("access_token") not in self.app_tokens:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        number = self.codes.pop(json.loads(body).get("code", ""), None)
        if number is None:
            return {"errcode": 40029, "errmsg": "invalid code"}
        info = {"phoneNumber": number, "purePhoneNumber": number, "countryCode": "86"}
        return {"errcode": 0, "errmsg": "ok", "phone_info": info}
