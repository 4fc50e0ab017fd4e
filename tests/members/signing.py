"""Browsers that sign in, and authenticator apps that show their code."""

from __future__ import annotations

import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

from config.kernel import clock, relay
from messaging.models import LocalMessage

PHONE = "13800138000"


def browser(language: str = "en", agent: str = "Mozilla/5.0 (Windows) Chrome/140") -> Client:
    """Return a new browser."""
    return Client(headers={"accept-language": language, "user-agent": agent})


def latest_code() -> str:
    """Deliver what waits, and return the code in the latest message that has one."""
    relay.drain(now=clock.now())
    for message in LocalMessage.objects.filter(kind="code").order_by("-id"):
        return str(re.findall(r"\d{6}", message.body)[0])
    raise AssertionError("no code was sent")


def give_first_proof(client: Client, address: str = PHONE, **more: str) -> Any:
    """Ask for a code and enter it; return the answer."""
    cache.clear()
    client.get("/sign-in")
    assert client.post("/sign-in", {"address": address}).status_code == 302
    return client.post("/sign-in/code", {"code": latest_code(), "agreed": "1", **more})


def sign_in(client: Client, address: str = PHONE) -> int:
    """Sign in by code; return the user's id."""
    answer = give_first_proof(client, address)
    assert answer.status_code == 302, answer.content.decode()
    return int(client.session["_auth_user_id"])


def prove(client: Client, kind: str = "phone", path: str = "/me/security/proof") -> None:
    """Give a fresh second proof by a code."""
    page = client.post(path, {"kind": kind, "send": "1"})
    token = re.findall(r'name="t" value="([^"]+)"', page.content.decode())[0]
    done = client.post(path, {"kind": kind, "t": token, "code": latest_code()})
    assert done.status_code == 302, done.content.decode()


def app_code(secret: str) -> str:
    """Return what an authenticator app shows now. It reads the real clock, as phones do."""
    cache.clear()
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def secret_of(user_id: int) -> str:
    """Return the secret of a user's authenticator app."""
    return str(Authenticator.objects.get(user_id=user_id, type="totp").data["secret"])


def add_app(client: Client) -> str:
    """Bind an authenticator app on the page; return its secret."""
    prove(client)
    page = client.get("/me/security/authenticator").content.decode()
    shown = re.findall(r"font-mono[^>]*>([A-Z2-7 ]+)<", page)[0].replace(" ", "")
    done = client.post("/me/security/authenticator", {"code": app_code(shown)})
    assert done.status_code == 302, done.content.decode()
    return str(shown)
