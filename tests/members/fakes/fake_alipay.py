"""Alipay's gateway: it checks our signature and signs its own answers."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.members.fakes.serving import Answer, Fake, Route


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """Return a key pair; `name` tells them apart."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_text(name: str) -> str:
    raw = key(name).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return base64.b64encode(raw).decode()


def public_text(name: str) -> str:
    raw = key(name).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(raw).decode()


class FakeAlipay(Fake):
    """Knows one app, by the public key of its owner."""

    app_id = "2021"

    def __init__(self) -> None:
        super().__init__()
        self.signs_with = "alipay"

    def routes(self) -> dict[tuple[str, str], Route]:
        return {("POST", "/gateway.do"): self._gateway}

    def _gateway(self, query: dict[str, str], body: bytes) -> Answer:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        sign = form.pop("sign", "")
        content = "&".join(f"{k}={v}" for k, v in sorted(form.items()) if v)
        try:
            key("shop").public_key().verify(
                base64.b64decode(sign), content.encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            return {"error_response": {"code": "40002", "sub_code": "isv.invalid-signature"}}
        required = {"app_id": self.app_id, "charset": "utf-8", "sign_type": "RSA2"}
        if any(form.get(name) != value for name, value in required.items()):
            return {"error_response": {"code": "40002", "sub_code": "isv.invalid-app-id"}}
        if form["method"] == "alipay.system.oauth.token":
            return self._token(form)
        return self._share(form)

    def _token(self, form: dict[str, str]) -> Answer:
        person = self.codes.pop(form.get("code", ""), None)
        if person is None or form.get("grant_type") != "authorization_code":
            return {"error_response": {"code": "40002", "sub_code": "isv.code-invalid"}}
        values = {"access_token": self.give_token(person), "user_id": f"2088{person}"}
        return self._signed("alipay_system_oauth_token_response", values)

    def _share(self, form: dict[str, str]) -> Answer:
        person = self.tokens.get(form.get("auth_token", ""))
        if person is None:
            return self._signed("alipay_user_info_share_response", {"code": "20001"})
        values = {"code": "10000", "msg": "Success", "nick_name": f"{person}的支付宝"}
        return self._signed("alipay_user_info_share_response", values)

    def _signed(self, name: str, values: dict[str, Any]) -> str:
        content = json.dumps(values, ensure_ascii=False)
        signature = key(self.signs_with).sign(content.encode(), padding.PKCS1v15(), hashes.SHA256())
        sign = base64.b64encode(signature).decode()
        return f'{{"{name}": {content}, "sign": "{sign}"}}'
