"""ETag and If-Match: change only what you have seen."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest

from config.kernel.errors import PreconditionFailedError


def etag(*parts: object) -> str:
    """Return a strong ETag of these values (an id and a version, say)."""
    text = "\0".join(str(part) for part in parts)
    return f'"{hashlib.blake2s(text.encode(), digest_size=12).hexdigest()}"'


def check(request: HttpRequest, *, current: str) -> None:
    """Refuse when the caller sent an If-Match that is not the `current` ETag.

    Raises:
        PreconditionFailedError: the thing has changed since.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return
    if current not in {tag.strip() for tag in wanted.split(",")}:
        raise PreconditionFailedError("read it again, then repeat the change")
