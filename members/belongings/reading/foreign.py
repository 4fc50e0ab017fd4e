"""Read an address without Chinese characters: line by line, as the world writes them."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from members.belongings.reading import names, phones
from members.belongings.reading.plain import join
from members.belongings.types import CHINA, Pasted

_ALSO = {
    "usa": "US", "u.s.a.": "US", "us": "US", "united states of america": "US", "uk": "GB",
    "u.k.": "GB", "england": "GB", "scotland": "GB", "great britain": "GB", "p.r. china": "CN",
    "pr china": "CN", "prc": "CN", "p.r.china": "CN", "korea": "KR", "hong kong": "HK",
    "hong kong sar": "HK", "macau": "MO", "taiwan": "TW", "uae": "AE", "holland": "NL",
}  # fmt: skip
_POSTCODE = re.compile(
    r"\b(\d{5}(?:-\d{4})?|\d{3}-\d{4}|\d{6}"
    r"|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)\b"
)


@cache
def countries() -> dict[str, str]:
    """Return the countries by their English names in lower case."""
    territories = Locale("en").territories
    found = {
        name.lower(): code
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha()
    }
    return {**found, **_ALSO}


def read(text: str, labeled: dict[str, str]) -> Pasted:
    """Return what an address in Latin letters says."""
    phone, rest = _phone(labeled, text)
    if labeled.get("detail"):
        lines = _lines(labeled["detail"])
        recipient = names.clean(labeled.get("recipient", "").split("\n")[0])
    else:
        lines = _lines(rest)
        recipient = _name(labeled, lines)
    country = _country(lines)
    postcode = _postcode(labeled, lines)
    area = ""
    if country != CHINA and len(lines) > 1:
        # The last lines are city and state; the street comes first.
        cut = max(1, len(lines) - 2) if len(lines) > 2 else 1
        area, lines = ", ".join(lines[cut:]), lines[:cut]
    return Pasted(
        recipient=recipient,
        phone=phone,
        country=country,
        area=area,
        detail=", ".join(join([line]) for line in lines),
        postcode=postcode,
    )


def _phone(labeled: dict[str, str], text: str) -> tuple[str, str]:
    told = labeled.get("phone", "")
    if told and (found := phones.find(told)):
        return found.number, text.replace(told[found.start : found.end], "\n")
    if found := phones.find(text):
        return found.number, f"{text[: found.start]}\n{text[found.end :]}"
    return "", text


def _lines(text: str) -> list[str]:
    return [line.strip(" .:-") for line in re.split(r"[,\n;|]", text) if line.strip(" .:-")]


def _name(labeled: dict[str, str], lines: list[str]) -> str:
    if told := labeled.get("recipient"):
        first = told.split("\n")[0].split(",")[0].strip()
        lines[:] = [line for line in lines if first not in line or re.search(r"\d", line)]
        return names.clean(first)
    for place in (0, len(lines) - 1):
        if lines and names.likeness(lines[place]) and lines[place].lower() not in countries():
            return names.clean(lines.pop(place))
    return ""


def _country(lines: list[str]) -> str:
    """Take the country off the end; without one it is China, where the shop is at home."""
    for place in range(len(lines) - 1, max(-1, len(lines) - 4), -1):
        code = countries().get(lines[place].lower().strip("() "))
        if code:
            del lines[place]
            return code
    return CHINA


def _postcode(labeled: dict[str, str], lines: list[str]) -> str:
    if told := labeled.get("postcode"):
        return told.split("\n")[0].strip()
    # A number in the first line is the house's.
    for place in range(len(lines) - 1, 0, -1):
        if match := _POSTCODE.search(lines[place]):
            left = join([lines[place].replace(match[0], " ")])
            lines[place : place + 1] = [left] if left else []
            return match[1]
    return ""
