"""Text written one way before it is read: widths, spaces, dashes."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 500
# Zero-width characters and the marks of emoji: they come along from chats.
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f]")
_DASHES = re.compile(r"[‐‑‒–—―－ー~～]")
HAN = "㐀-鿿豈-﫿\U00020000-\U000323af"
_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}]) +(?=[{HAN}(\d])|(?<=[\d)]) +(?=[{HAN}])")


def clean(text: str) -> str:
    """Return a text with one width of letters, one dash and one colon."""
    text = unicodedata.normalize("NFKC", text[:LONGEST])
    text = _UNSEEN.sub("", text)
    return _DASHES.sub("-", text.replace("\r", "\n").replace("\u3000", " ").replace("\t", " "))


def join(parts: list[str]) -> str:
    """Return pieces of an address as one: Chinese without spaces, Latin words with them."""
    text = " ".join(part.strip() for part in parts if part.strip())
    return _BETWEEN_HAN.sub("", re.sub(r"\s+", " ", text)).strip(" ,;.-/|:")


def has_han(text: str) -> bool:
    """Tell whether there is any Chinese character."""
    return re.search(rf"[{HAN}]", text) is not None
