"""Alipay: its own gateway, where requests and answers are signed with RSA2."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from config.kernel import clock
from members.errors import SocialFailedError
from members.social.base import Person, ask, text_of

_BEIJING = ZoneInfo("Asia/Shanghai")


def _der(text: str) -> bytes:
    """Return the bytes of a key as Alipay's console gives it: base64, with or without frame."""
    lines = [line for line in text.strip().splitlines() if not line.startswith("-----")]
    return base64.b64decode("".join(lines))


def to_sign(values: Mapping[str, str]) -> bytes:
    """Return what is signed: all parameters but the signature, by name, empty ones left out."""
    parts = (f"{name}={values[name]}" for name in sorted(values) if name != "sign" and values[name])
    return "&".join(parts).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alipay:
    """Sign in with Alipay."""

    app_id: str
    private_key: str
    alipay_public_key: str
    gateway: str
    auth_url: str
    slug: str = "alipay"
    code_name: str = "auth_code"

    def address(self, *, state: str, redirect_uri: str, agent: str) -> str:
        """Return Alipay's page; on a phone it opens the app."""
        query = urlencode(
            {
                "app_id": self.app_id,
                "scope": "auth_user",
                "redirect_uri": redirect_uri,
                "state": state,
            }
        )
        return f"{self.auth_url}?{query}"

    def identify(self, *, code: str, redirect_uri: str, agent: str) -> Person:
        """Exchange the code, then ask for the name.

        Raises:
            SocialFailedError: Alipay does not know the code, does not answer, or somebody
                else signed the answer.
        """
        token = self._call(
            "alipay.system.oauth.token", {"grant_type": "authorization_code", "code": code}
        )
        subject = text_of(token, "open_id" if token.get("open_id") else "user_id")
        shared = self._call(
            "alipay.user.info.share", {"auth_token": text_of(token, "access_token")}
        )
        return Person(
            provider="alipay",
            subjects=(f"open:{subject}",),
            nickname=str(shared.get("nick_name") or ""),
        )

    def _call(self, method: str, values: dict[str, str]) -> dict[str, Any]:
        form = {
            "app_id": self.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": clock.now().astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
            **values,
        }
        form["sign"] = self._sign(to_sign(form))
        text = ask("POST", self.gateway, data=form).text
        try:
            return self._read(text, f"{method.replace('.', '_')}_response")
        except (ValueError, KeyError, TypeError) as exc:
            raise SocialFailedError(type(exc).__name__) from None

    def _sign(self, content: bytes) -> str:
        key = load_der_private_key(_der(self.private_key), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise SocialFailedError("no RSA key")
        signature = key.sign(content, padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(signature).decode()

    def _read(self, text: str, name: str) -> dict[str, Any]:
        """Return the answer that Alipay signed: the very characters between the braces."""
        whole = json.loads(text)
        if "error_response" in whole:
            raise SocialFailedError(f"code {whole['error_response'].get('code')}")
        start = text.index("{", text.index(f'"{name}"') + len(name) + 2)
        answer, end = json.JSONDecoder().raw_decode(text, start)
        key = load_der_public_key(_der(self.alipay_public_key))
        if not isinstance(key, rsa.RSAPublicKey):
            raise SocialFailedError("no RSA key")
        try:
            key.verify(
                base64.b64decode(whole["sign"]),
                text[start:end].encode(),
                padding.PKCS1v15(),
                hashes.SHA256(),
            )
        except InvalidSignature:
            raise SocialFailedError("signed by somebody else") from None
        if str(answer.get("code", "10000")) != "10000":
            raise SocialFailedError(f"code {answer['code']}")
        found: dict[str, Any] = answer
        return found
