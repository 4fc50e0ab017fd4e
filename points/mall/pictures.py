"""Pictures are drawn anew: what is stored and served is ours, whatever was uploaded.

Only JPEG, PNG and WebP are read, by decoders for these alone; a picture is measured before
it is decoded. Re-encoding leaves behind metadata, comments and whatever else lay in the file.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from points.mall.errors import PictureRefusedError

FOLDER = "mall"
LARGEST_FILE = 8 * 1024 * 1024
_MOST_PIXELS = 24_000_000
_SHORTEST_EDGE = 64
_KINDS = ("JPEG", "PNG", "WEBP")
SIZES = {"large": 960, "small": 360}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture drawn anew, in its sizes."""

    name: str
    width: int
    height: int
    files: dict[str, bytes]


def draw(content: bytes) -> Drawn:
    """Draw an uploaded picture anew.

    Raises:
        PictureRefusedError: it is too large, too small, of another kind, or broken.
    """
    if len(content) > LARGEST_FILE:
        raise PictureRefusedError(
            _("The file is larger than %(limit)s MB.") % {"limit": LARGEST_FILE // 1024 // 1024}
        )
    picture = _decode(content)
    files = {size: _encode(picture, edge) for size, edge in SIZES.items()}
    large = ImageOps.contain(picture, (SIZES["large"],) * 2) if _exceeds(picture) else picture
    return Drawn(
        name=hashlib.sha256(files["large"]).hexdigest()[:40],
        width=large.width,
        height=large.height,
        files=files,
    )


def store(drawn: Drawn) -> None:
    """Write the files; the same picture again finds them there."""
    for size, body in drawn.files.items():
        path = path_of(f"{drawn.name}-{size}.webp")
        if not default_storage.exists(path):
            default_storage.save(path, ContentFile(body))


def path_of(file_name: str) -> str:
    """Return where a file lies in the media storage."""
    return f"{FOLDER}/{file_name}"


def _decode(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(content), formats=_KINDS)
            _measure(opened)
            # A JPEG can be read at a fraction of its size, which is all that is wanted.
            opened.draft("RGB", (SIZES["large"] * 2,) * 2)
            opened.load()
            turned = ImageOps.exif_transpose(opened)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PictureRefusedError(_("The picture has too many pixels.")) from None
    except UnidentifiedImageError:
        raise PictureRefusedError(_("Only JPEG, PNG and WebP pictures can be used.")) from None
    except (OSError, ValueError, SyntaxError, MemoryError, EOFError, OverflowError):
        raise PictureRefusedError(_("The picture is broken.")) from None
    has_alpha = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    plain = turned.convert("RGBA" if has_alpha else "RGB")
    # A new picture of the same pixels: nothing else comes along.
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    return fresh


def _measure(opened: Image.Image) -> None:
    """Look at the header alone: nothing is decoded yet."""
    if opened.width * opened.height > _MOST_PIXELS:
        raise PictureRefusedError(_("The picture has too many pixels."))
    if min(opened.size) < _SHORTEST_EDGE:
        raise PictureRefusedError(
            _("The picture is too small: %(edge)s pixels at least.") % {"edge": _SHORTEST_EDGE}
        )


def _exceeds(picture: Image.Image) -> bool:
    return max(picture.size) > SIZES["large"]


def _encode(picture: Image.Image, edge: int) -> bytes:
    sized = picture if max(picture.size) <= edge else ImageOps.contain(picture, (edge, edge))
    out = io.BytesIO()
    sized.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()
