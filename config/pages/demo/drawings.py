"""Pictures of the demo's mall, drawn from plain shapes: nothing to license, nothing to ship."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

_EDGE = 720
_SCALE = 2
Pen = ImageDraw.ImageDraw
Color = tuple[int, int, int]


def picture(name: str) -> bytes:
    """Return the picture of this name as a PNG file."""
    top, bottom, draw = _SCENES[name]
    canvas = _backdrop(top, bottom)
    _shadow(canvas)
    draw(ImageDraw.Draw(canvas))
    out = io.BytesIO()
    canvas.resize((_EDGE, _EDGE), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()


def _backdrop(top: Color, bottom: Color) -> Image.Image:
    """Return a soft gradient from above to below."""
    strip = Image.new("RGB", (1, 256))
    for y in range(256):
        strip.putpixel((0, y), _mix(top, bottom, y))
    return strip.resize((_EDGE * _SCALE,) * 2, Image.Resampling.BICUBIC)


def _mix(one: Color, other: Color, part: int) -> Color:
    red, green, blue = (
        (a * (255 - part) + b * part) // 255 for a, b in zip(one, other, strict=True)
    )
    return red, green, blue


def _shadow(canvas: Image.Image) -> None:
    """Lay the shadow on which everything stands."""
    mask = Image.new("L", canvas.size)
    ImageDraw.Draw(mask).ellipse(_box(200, 560, 520, 624), fill=90)
    canvas.paste((40, 30, 30), mask=mask.filter(ImageFilter.GaussianBlur(24 * _SCALE)))


def _box(*edges: float) -> tuple[float, float, float, float]:
    left, above, right, below = (edge * _SCALE for edge in edges)
    return left, above, right, below


def _round(pen: Pen, *edges: float, radius: float, fill: Color) -> None:
    pen.rounded_rectangle(_box(*edges), radius=radius * _SCALE, fill=fill)


def _oval(pen: Pen, *edges: float, fill: Color) -> None:
    pen.ellipse(_box(*edges), fill=fill)


def _shape(pen: Pen, *points: tuple[float, float], fill: Color) -> None:
    pen.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=fill)


def _mug(pen: Pen) -> None:
    _shape(pen, (258, 190), (462, 190), (438, 596), (282, 596), fill=(31, 79, 76))
    _shape(pen, (258, 190), (316, 190), (324, 596), (282, 596), fill=(45, 103, 98))
    _round(pen, 262, 300, 458, 420, radius=10, fill=(236, 214, 178))
    _oval(pen, 332, 332, 388, 388, fill=(194, 82, 61))
    _round(pen, 240, 150, 480, 204, radius=20, fill=(28, 36, 40))
    _round(pen, 272, 118, 448, 162, radius=18, fill=(48, 58, 62))


def _tin(pen: Pen) -> None:
    _round(pen, 236, 226, 484, 600, radius=26, fill=(146, 40, 38))
    _round(pen, 236, 226, 300, 600, radius=26, fill=(168, 56, 50))
    _round(pen, 224, 176, 496, 262, radius=24, fill=(196, 158, 92))
    _round(pen, 224, 176, 300, 262, radius=24, fill=(214, 180, 118))
    _round(pen, 286, 330, 434, 520, radius=14, fill=(247, 236, 214))
    _shape(pen, (360, 350), (408, 440), (360, 500), (312, 440), fill=(86, 124, 74))
    _shape(pen, (360, 350), (366, 440), (360, 500), (312, 440), fill=(112, 150, 94))


def _tote(pen: Pen) -> None:
    pen.arc(_box(282, 120, 438, 360), 180, 360, fill=(120, 84, 58), width=22 * _SCALE)
    _shape(pen, (206, 250), (514, 250), (540, 600), (180, 600), fill=(243, 234, 218))
    _shape(pen, (206, 250), (260, 250), (240, 600), (180, 600), fill=(230, 219, 200))
    _oval(pen, 292, 348, 428, 484, fill=(194, 82, 61))
    _oval(pen, 326, 382, 394, 450, fill=(243, 234, 218))


def _scarf(pen: Pen) -> None:
    for number, fill in enumerate(
        ((168, 120, 40), (196, 148, 62), (222, 182, 98), (242, 214, 146))
    ):
        shift = number * 44
        _shape(
            pen,
            (200 + shift, 170),
            (300 + shift, 150),
            (360 + shift, 590),
            (250 + shift, 606),
            fill=fill,
        )
    _round(pen, 214, 300, 520, 360, radius=28, fill=(120, 78, 22))


def _play(pen: Pen) -> None:
    _round(pen, 176, 200, 544, 470, radius=34, fill=(28, 32, 58))
    _round(pen, 196, 220, 524, 450, radius=22, fill=(62, 72, 140))
    _oval(pen, 300, 275, 420, 395, fill=(245, 246, 255))
    _shape(pen, (342, 300), (342, 370), (402, 335), fill=(62, 72, 140))
    _round(pen, 330, 470, 390, 560, radius=4, fill=(28, 32, 58))
    _round(pen, 262, 552, 458, 584, radius=16, fill=(28, 32, 58))


def _coupon(pen: Pen) -> None:
    _round(pen, 136, 250, 584, 500, radius=30, fill=(255, 248, 240))
    _round(pen, 136, 250, 300, 500, radius=30, fill=(198, 62, 50))
    _shape(pen, (270, 250), (300, 250), (300, 500), (270, 500), fill=(198, 62, 50))
    for y in range(264, 500, 34):
        _oval(pen, 292, y, 308, y + 16, fill=(255, 248, 240))
    _round(pen, 344, 310, 540, 346, radius=12, fill=(198, 62, 50))
    _round(pen, 344, 372, 500, 396, radius=10, fill=(224, 196, 180))
    _round(pen, 344, 420, 460, 444, radius=10, fill=(224, 196, 180))
    _oval(pen, 178, 332, 258, 412, fill=(255, 222, 170))


def _ticket(pen: Pen) -> None:
    _shape(pen, (170, 330), (520, 210), (560, 320), (210, 440), fill=(240, 190, 60))
    _shape(pen, (160, 420), (530, 420), (530, 550), (160, 550), fill=(222, 92, 62))
    _shape(pen, (176, 436), (514, 436), (514, 534), (176, 534), fill=(245, 130, 92))
    for number in range(3):
        _oval(pen, 214 + number * 100, 456, 270 + number * 100, 512, fill=(255, 240, 214))
    _shape(
        pen,
        (372, 262), (384, 290), (414, 288), (392, 308), (404, 336),
        (378, 322), (354, 340), (358, 310), (334, 296), (364, 290),
        fill=(255, 246, 214),
    )  # fmt: skip


def _pot(pen: Pen) -> None:
    pen.arc(_box(440, 300, 580, 500), 270, 90, fill=(110, 58, 40), width=26 * _SCALE)
    _shape(pen, (262, 380), (150, 330), (140, 350), (270, 470), fill=(120, 64, 44))
    _oval(pen, 220, 280, 510, 596, fill=(132, 70, 48))
    _oval(pen, 244, 300, 400, 500, fill=(150, 84, 60))
    _oval(pen, 280, 262, 450, 320, fill=(110, 58, 40))
    _oval(pen, 342, 226, 388, 272, fill=(150, 84, 60))


_SCENES: dict[str, tuple[Color, Color, Callable[[Pen], None]]] = {
    "mug": ((228, 240, 236), (190, 214, 206), _mug),
    "tin": ((252, 236, 220), (236, 204, 176), _tin),
    "tote": ((226, 234, 244), (190, 206, 226), _tote),
    "scarf": ((250, 242, 222), (228, 208, 164), _scarf),
    "play": ((230, 230, 250), (190, 194, 230), _play),
    "coupon": ((255, 230, 222), (244, 190, 176), _coupon),
    "ticket": ((255, 244, 214), (250, 214, 140), _ticket),
    "pot": ((240, 232, 226), (214, 196, 184), _pot),
}
