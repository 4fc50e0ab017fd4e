"""Sessions in the database and the cache, encrypted in the database.

Sign-in flows, ours and allauth's, keep addresses in a session for some minutes; signed
base64 would show them in a dump.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.exceptions import InvalidTag
from django.contrib.sessions.backends import cached_db
from django.contrib.sessions.serializers import JSONSerializer

from config.kernel import crypto

_CONTEXT = "sessions.session.session_data"


class SessionStore(cached_db.SessionStore):
    """Django's cached database sessions with another encoding."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return the session as base64 of ciphertext."""
        plain = JSONSerializer().dumps(session_dict)
        return base64.b64encode(crypto.ring().encrypt(plain, context=_CONTEXT)).decode()

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """Return what `encode` was given; an empty session for anything else."""
        try:
            sealed = base64.b64decode(session_data, validate=True)
            values: dict[str, Any] = json.loads(crypto.ring().decrypt(sealed, context=_CONTEXT))
        except (ValueError, IndexError, InvalidTag, crypto.UnknownKeyError):
            return {}
        return values
