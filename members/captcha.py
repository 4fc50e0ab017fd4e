"""Pictures of digits, also read aloud, for those who ask for more codes than people do.

The digits lie in Valkey under a random name, for five minutes, until the first answer:
nothing of them reaches the database.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from functools import cache as remember
from typing import TYPE_CHECKING

from django.core.cache import cache

if TYPE_CHECKING:
    from captcha.audio import AudioCaptcha

DIGITS = 5
_SECONDS = 300
# How often one set of digits is drawn: averaging many pictures would clear the noise.
_DRAWINGS = 4
_SIZE = (220, 80)
_PAPER = (246, 244, 240)
_INK = (74, 60, 54, 235)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What someone read in a picture."""

    name: str
    text: str


def make() -> str:
    """Think of new digits; return the name of their picture."""
    name = secrets.token_urlsafe(18)
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    cache.set(_key(name), digits, timeout=_SECONDS)
    return name


def is_right(answer: Answer) -> bool:
    """Tell whether an answer is right; the picture is used up either way."""
    digits = cache.get(_key(answer.name))
    # Of two answers at once, one deletes and is looked at.
    if digits is None or not cache.delete(_key(answer.name)):
        return False
    typed = "".join(str(int(c)) for c in answer.text if c.isdecimal())
    return hmac.compare_digest(str(digits), typed)


def draw(name: str) -> bytes | None:
    """Return a PNG of a name's digits; None when they are gone."""
    digits = _digits(name)
    if digits is None:
        return None
    from captcha.image import ImageCaptcha  # not before: every command would wait for it

    width, height = _SIZE
    picture = ImageCaptcha(width=width, height=height)
    return picture.generate(digits, bg_color=_PAPER, fg_color=_INK).getvalue()


def speak(name: str) -> bytes | None:
    """Return a WAV of a name's digits; None when they are gone."""
    digits = _digits(name)
    return None if digits is None else bytes(_voice().generate(digits))


def _digits(name: str) -> str | None:
    digits = cache.get(_key(name))
    if digits is None:
        return None
    cache.add(f"{_key(name)}:drawn", 0, timeout=_SECONDS * 2)
    if cache.incr(f"{_key(name)}:drawn") > _DRAWINGS:
        return None
    return str(digits)


def _key(name: str) -> str:
    return f"sign-in:picture:{name[:40]}"


@remember
def _voice() -> AudioCaptcha:
    from captcha.audio import AudioCaptcha

    return AudioCaptcha()
