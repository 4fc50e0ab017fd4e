"""In production every cookie is bound to TLS, hidden from scripts where it can be, and Lax."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

_READ = """
import json
from django.conf import settings as s
names = ["SESSION_COOKIE", "CSRF_COOKIE", "LANGUAGE_COOKIE"]
print(json.dumps({
    "secure": [getattr(s, n + "_SECURE") for n in names],
    "samesite": [getattr(s, n + "_SAMESITE") for n in names],
    "hidden": [s.SESSION_COOKIE_HTTPONLY, s.LANGUAGE_COOKIE_HTTPONLY],
    "tls": [s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS >= 31536000, s.DEBUG, s.DEMO],
    "hosts": "*" in s.ALLOWED_HOSTS,
}))
"""


@pytest.fixture(scope="module")
def production() -> dict[str, object]:
    """Return what production's settings say of cookies and transport."""
    command = [sys.executable, "-m", "config.launch", "production", sys.executable, "-c", _READ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def test_cookies_travel_by_tls_alone(production):
    assert production["secure"] == [True, True, True]
    assert production["tls"] == [True, True, False, False]
    assert production["hosts"] is False


def test_cookies_are_hidden_from_scripts_and_other_sites(production):
    assert production["samesite"] == ["Lax", "Lax", "Lax"]
    assert production["hidden"] == [True, True]


def test_cookies_that_pages_set_are_hidden_too(client, db):
    answer = client.post("/theme", {"theme": "dark", "next": "/"})

    assert answer.cookies["theme"]["httponly"]
    assert answer.cookies["theme"]["samesite"] == "Lax"
