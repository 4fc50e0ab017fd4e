"""Cursors of lists: opaque to the caller, signed, and good for the list that gave them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

import msgspec
from django.conf import settings

from config.kernel.api.errors import BadCursorError

_TAG = 12


def _tag(of: str, body: bytes) -> bytes:
    key = settings.BLIND_INDEX_KEY.encode()
    return hmac.new(key, b"cursor\0" + of.encode() + b"\0" + body, hashlib.sha256).digest()[:_TAG]


def encode(*, of: str, after: Sequence[Any]) -> str:
    """Return a cursor of the list called `of` that continues after the row with these values.

    The values are plain (str, int, None, datetime); put what the list belongs to (a
    member's id, say) into `of`, so that a cursor is refused by another member's list.
    """
    body = msgspec.msgpack.encode(list(after))
    return base64.urlsafe_b64encode(_tag(of, body) + body).decode().rstrip("=")


def decode(text: str, *, of: str) -> list[Any]:
    """Return the values a cursor was made of.

    Raises:
        BadCursorError: this list did not give it out.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise BadCursorError() from None
    tag, body = raw[:_TAG], raw[_TAG:]
    if not hmac.compare_digest(tag, _tag(of, body)):
        raise BadCursorError()
    values: list[Any] = msgspec.msgpack.decode(body)
    return values
