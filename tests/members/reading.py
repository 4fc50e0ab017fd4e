"""Read a picture as a person would: the test knows where its digits lie."""

from __future__ import annotations

import re
from typing import Any

from django.core.cache import cache

from members import captcha


def digits_of(name: str) -> str:
    """Return the digits of a picture."""
    return str(cache.get(captcha._key(name)))


def answer() -> captcha.Answer:
    """Return the right answer to a new picture."""
    name = captcha.make()
    return captcha.Answer(name=name, text=digits_of(name))


def fields(page: Any) -> dict[str, str]:
    """Return what a form would send back for the picture on a page."""
    found = re.search(r'name="picture" value="([^"]+)"', page.content.decode())
    assert found is not None, "there is no picture"
    return {"picture": found[1], "digits": digits_of(found[1])}
