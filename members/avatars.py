"""Avatars are drawn anew: what is stored and served is ours, whatever was uploaded.

Only JPEG, PNG and WebP are read, by decoders for these alone; a picture is measured before
it is decoded. Re-encoding leaves behind metadata, comments and whatever else lay in the file.
"""

from __future__ import annotations

import io
import secrets
import warnings

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps, UnidentifiedImageError

from members.errors import AvatarRefusedError

FOLDER = "avatars"
LARGEST_FILE = 2 * 1024 * 1024
_MOST_PIXELS = 24_000_000
_SHORTEST_EDGE = 48
_EDGE = 320
_KINDS = ("JPEG", "PNG", "WEBP")
# A picture that is a page, a program or an archive as well is meant for something else.
_MORE_THAN_A_PICTURE = (b"<script", b"<html", b"<svg", b"<?php", b"%pdf-", b"pk\x03\x04", b"#!/")


def draw(content: bytes) -> bytes:
    """Return an uploaded picture as a square of ours.

    Raises:
        AvatarRefusedError: it is too large, too small, moves, is of another kind, or broken.
    """
    if len(content) > LARGEST_FILE:
        raise AvatarRefusedError("too_large")
    picture = _decode(content)
    if any(mark in content.lower() for mark in _MORE_THAN_A_PICTURE):
        raise AvatarRefusedError("polyglot")
    square = ImageOps.fit(picture, (min(_EDGE, *picture.size),) * 2)
    out = io.BytesIO()
    square.save(out, "WEBP", quality=84, method=4)
    return out.getvalue()


def store(body: bytes) -> str:
    """Write a drawn avatar under a name nobody can guess, and return the name."""
    name = secrets.token_hex(16)
    default_storage.save(path_of(name), ContentFile(body))
    return name


def remove(name: str) -> None:
    """Delete an avatar's file; one that is gone already is no error."""
    if name:
        default_storage.delete(path_of(name))


def path_of(name: str) -> str:
    """Return where an avatar lies in the media storage."""
    return f"{FOLDER}/{name}.webp"


def _decode(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(content), formats=_KINDS)
            _measure(opened)
            # A JPEG can be read at a fraction of its size, which is all that is wanted.
            opened.draft("RGB", (_EDGE * 2,) * 2)
            opened.load()
            turned = ImageOps.exif_transpose(opened)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise AvatarRefusedError("too_many_pixels") from None
    except UnidentifiedImageError:
        raise AvatarRefusedError("not_a_picture") from None
    except (OSError, ValueError, SyntaxError, MemoryError, EOFError, OverflowError):
        raise AvatarRefusedError("broken") from None
    has_alpha = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    plain = turned.convert("RGBA" if has_alpha else "RGB")
    # A new picture of the same pixels: nothing else comes along.
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    return fresh


def _measure(opened: Image.Image) -> None:
    """Look at the header alone: nothing is decoded yet."""
    if opened.width * opened.height > _MOST_PIXELS:
        raise AvatarRefusedError("too_many_pixels")
    if min(opened.size) < _SHORTEST_EDGE:
        raise AvatarRefusedError("too_small")
    if getattr(opened, "n_frames", 1) > 1:
        raise AvatarRefusedError("moves")
