"""Find the phone number in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

# A mobile number in one piece or in the usual groups; shops add an extension to hide it.
_MOBILE = re.compile(
    r"(?<![\d])(?:\(?\+?\s*(?:00)?86\)?[\s-]*)?(1[3-9]\d(?:[\s-]?\d{4}[\s-]?\d{4}|\d[\s-]?\d{3}[\s-]?\d{4}))"
    r"(?:\s*(?:转|-|,|分机|ext\.?)\s*(\d{2,6})(?!\d))?(?!\d)",
    re.IGNORECASE,
)
_LANDLINE = re.compile(
    r"(?<![\d])(?:\+?86[\s-]*)?(\(?0\d{2,3}\)?[\s-]?\d{7,8})(?:\s*(?:转|-|分机|ext\.?)\s*(\d{1,6}))?(?!\d)",
    re.IGNORECASE,
)
_SERVICE = re.compile(r"(?<!\d)([48]00[\s-]?\d{3,4}[\s-]?\d{3,4})(?!\d)")


@dataclass(frozen=True, slots=True)
class Found:
    """A phone number as it is kept, and where it stood."""

    number: str
    start: int
    end: int


def find(text: str) -> Found | None:
    """Return the first mobile number, else a landline, else a number of anywhere."""
    for pattern in (_MOBILE, _LANDLINE, _SERVICE):
        if match := pattern.search(text):
            number = re.sub(r"[\s()]", "", match[1])
            if pattern is not _LANDLINE:
                number = number.replace("-", "")
            extension = match[2] if pattern.groups > 1 else None
            said = f"{number}转{extension}" if extension else number
            return Found(number=said, start=match.start(), end=match.end())
    return _anywhere(text)


def _anywhere(text: str) -> Found | None:
    """Return a number with a country code."""
    for match in phonenumbers.PhoneNumberMatcher(text, None):
        number = phonenumbers.format_number(
            match.number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
        return Found(number=number, start=match.start, end=match.end)
    # In an English address people leave the country code out, and write 415-555-0132.
    if plain := re.search(r"(?<!\d)\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}(?!\d)", text):
        return Found(number=plain[0], start=plain.start(), end=plain.end())
    return None
