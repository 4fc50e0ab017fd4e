"""Environment of a test run: throw-away keys, and servers (started here or named outside)."""

from __future__ import annotations

import base64
import json
import os


def prepare() -> None:
    key = base64.b64encode(b"k" * 32).decode()
    os.environ.setdefault("CHANGKE_INSTALLATION", "demo")
    os.environ.setdefault(
        "SECRET_KEY", "test-secret-key-that-is-long-enough-for-the-checks-0123456789"
    )
    os.environ.setdefault("ENCRYPTION_KEYS", json.dumps({"1": key}))
    os.environ.setdefault("ENCRYPTION_PRIMARY", "1")
    os.environ.setdefault("BLIND_INDEX_KEY", base64.b64encode(b"b" * 32).decode())
