"""QQ Connect's servers."""

from __future__ import annotations

from tests.members.fakes.serving import Answer, Fake, Route


class FakeQQ(Fake):
    """Knows one app."""

    app_id, secret = "101", "qq-secret"

    def __init__(self) -> None:
        super().__init__()
        self.client_of_tokens = self.app_id

    def routes(self) -> dict[tuple[str, str], Route]:
        return {
            ("GET", "/oauth2.0/token"): self._token,
            ("GET", "/oauth2.0/me"): self._me,
            ("GET", "/user/get_user_info"): self._user,
        }

    def _token(self, query: dict[str, str], body: bytes) -> Answer:
        if (query.get("client_id"), query.get("client_secret")) != (self.app_id, self.secret):
            return {"error": 100001, "error_description": "param client_id is wrong"}
        if not query.get("redirect_uri", "").endswith("/sign-in/with/qq/back"):
            return {"error": 100010, "error_description": "redirect uri is illegal"}
        person = self.codes.pop(query.get("code", ""), None)
        if person is None or query.get("fmt") != "json":
            return {"error": 100020, "error_description": "code is reused error"}
        return {"access_token": self.give_token(person), "expires_in": "7776000"}

    def _me(self, query: dict[str, str], body: bytes) -> Answer:
        person = self.tokens.get(query.get("access_token", ""))
        if person is None:
            return {"error": 100016, "error_description": "access token check failed"}
        return {
            "client_id": self.client_of_tokens,
            "openid": f"Q{person}",
            "unionid": f"UQ{person}",
        }

    def _user(self, query: dict[str, str], body: bytes) -> Answer:
        person = self.tokens.get(query.get("access_token", ""))
        if person is None or query.get("oauth_consumer_key") != self.app_id:
            return {"ret": -22, "msg": "openid is invalid"}
        return {"ret": 0, "msg": "", "nickname": f"{person}的QQ"}
