"""Pictures are drawn anew: bombs, scripts and passengers do not get through."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from PIL import Image

from points.mall import models, pictures, services
from tests.factories.mall import ACTOR, NOON, REASON, png

SCRIPT = b"<script>alert(1)</script>"


def add(item, content: bytes) -> int:
    return services.add_picture(
        item_id=item.id, content=content, actor=ACTOR, reason=REASON, now=NOON
    )


def lying_png(width: int, height: int) -> bytes:
    """Return a tiny file whose header claims to be a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a" + b"\0" * 100,
        b"%PDF-1.7 " + SCRIPT,
        png()[:200],
        png(format="BMP"),
        png(format="TIFF"),
        png(10, 10),
        lying_png(60_000, 60_000),
        lying_png(5_000, 5_000),
        b"\0" * (pictures.LARGEST_FILE + 1),
    ],
    ids=[
        "empty", "text", "svg", "gif", "pdf", "cut off", "bmp", "tiff", "too small",
        "bomb", "too many pixels", "too large",
    ],
)  # fmt: skip
def test_what_is_no_picture_of_ours_is_refused(mall, content):
    item = mall.item(publish=False)

    with pytest.raises(services.PictureRefusedError):
        add(item, content)

    assert models.Picture.objects.filter(item_id=item.id).count() == 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_passengers_and_metadata_stay_behind(mall, kind):
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    content = png(1600, 1200, format=kind, exif=exif) + SCRIPT + b"PK\x03\x04 a zip"

    drawn = pictures.draw(content)

    for size, body in drawn.files.items():
        assert SCRIPT not in body
        assert b"Secret Camera" not in body
        picture = Image.open(io.BytesIO(body))
        assert (picture.format, max(picture.size)) == ("WEBP", pictures.SIZES[size])
        assert not picture.getexif()
    assert (drawn.width, drawn.height) == (960, 720)


def test_a_turned_photo_stands_upright(mall):
    exif = Image.Exif()
    exif[0x0112] = 6

    drawn = pictures.draw(png(800, 400, format="JPEG", exif=exif))

    assert (drawn.width, drawn.height) == (400, 800)


def test_transparency_is_kept(mall):
    out = io.BytesIO()
    Image.new("RGBA", (100, 100), (255, 0, 0, 0)).save(out, "PNG")

    drawn = pictures.draw(out.getvalue())

    assert Image.open(io.BytesIO(drawn.files["large"])).mode == "RGBA"


def test_the_same_picture_again_is_found(mall):
    item = mall.item()

    first, again = add(item, png(color="red")), add(item, png(color="red"))

    assert first == again


def test_an_item_has_eight_pictures_at_most(mall):
    item = mall.item()
    for shade in range(7):
        add(item, png(color=f"rgb({shade * 30},0,0)"))

    with pytest.raises(services.PictureRefusedError):
        add(item, png(color="blue"))


def test_a_picture_is_served_under_a_policy_that_runs_nothing(mall):
    item = mall.item()
    [picture] = item.pictures

    answer = Client().get(reverse("mall:picture", args=[picture.small]))

    assert answer["Content-Type"] == "image/webp"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer["Cache-Control"]
    assert default_storage.exists(pictures.path_of(picture.large))


@pytest.mark.parametrize(
    "path",
    [
        "/media/mall/../../secret",
        "/media/mall/%2e%2e/keys.json",
        "/media/mall/" + "0" * 40 + "-small.webp",
        "/media/mall/" + "0" * 40 + "-huge.webp",
        "/media/mall/x.svg",
    ],
)
def test_nothing_else_is_served(mall, path):
    assert Client().get(path).status_code == 404
