"""Find province, city and county in a text: in full or for short, all or some of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from members.belongings import divisions
from members.belongings.reading.aliases import Alias, Index, book

# What may stand between two levels.
_SEAM = re.compile(r"[\s,，、/\-·>|;:]{0,3}")
# After a short name these make it part of a street: 西湖大道 lies anywhere.
_STREET = re.compile(
    r"大?[路街道巷弄里桥站]|大厦|大学|大酒店|[东西南北中][路街]|镇|乡|村|新村|花园|小区|公寓|机场"
)
_HAN = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True, slots=True)
class Match:
    """A region in a text, and where it stands."""

    start: int
    end: int
    code: str
    levels: int
    sure: int  # names in full, without which a short one proves little


def find(text: str) -> Match | None:
    """Return the region that explains most of the text; None when there is none for certain."""
    best: Match | None = None
    for start, char in enumerate(text):
        if not _HAN.match(char):
            continue
        for match in _at(text, start):
            if best is None or _rank(match) > _rank(best):
                best = match
    return best


def _rank(match: Match) -> tuple[int, int, int, int]:
    return (match.levels, match.sure, -match.start, match.end)


def _at(text: str, start: int) -> Iterator[Match]:
    named = [*_names(book().provinces, text, start), None]
    for province in named:
        after = _skip(text, start + len(province.text)) if province else start
        for city in [*_names(book().cities, text, after, province=province), None]:
            then = _skip(text, after + len(city.text)) if city else after
            for county in [
                *_names(book().counties, text, then, province=province, city=city),
                None,
            ]:
                match = _judge(text, start, province, city, county, then)
                if match is not None:
                    yield match


def _names(
    index: Index,
    text: str,
    at: int,
    *,
    province: Alias | None = None,
    city: Alias | None = None,
) -> list[Alias]:
    if at >= len(text):
        return []
    found = []
    for alias in index.get(text[at], ()):
        if not text.startswith(alias.text, at):
            continue
        if province and alias.province != province.code:
            continue
        if city and alias.city != city.code:
            continue
        if not alias.full and _STREET.match(text, at + len(alias.text)):
            continue
        found.append(alias)
    return found


def _judge(
    text: str,
    start: int,
    province: Alias | None,
    city: Alias | None,
    county: Alias | None,
    then: int,
) -> Match | None:
    named = [alias for alias in (province, city, county) if alias]
    if not named:
        return None
    sure = sum(alias.full for alias in named)
    last = named[-1]
    alone = province is None and city is None
    if alone and (not sure or len(last.text) < 3 or not _is_one(last)):
        return None
    if province is None and county is None and not sure:
        return None
    # Where no county follows, the seam behind the last name stays outside.
    read = text[start : then + len(county.text)] if county else text[start:then]
    end = start + len(read.rstrip(" ,，、/-·>|;:"))
    region = divisions.find(last.code)
    if region is None:
        return None
    levels = (
        2 * bool(region.county_code or region.whole)
        + bool(region.city_code)
        + bool(province or city)
    )
    return Match(start=start, end=end, code=region.code, levels=levels, sure=sure)


def city_at(text: str, code: str) -> int:
    """Return where the name of a city ends with which a text begins, or 0."""
    for alias in book().cities.get(text[:1], ()):
        if alias.full and alias.code == code and text.startswith(alias.text):
            return len(alias.text)
    return 0


def _is_one(alias: Alias) -> bool:
    """Tell whether only one county of the country has this name."""
    same = [a for a in book().counties.get(alias.text[0], ()) if a.text == alias.text and a.full]
    today = {a.code for a in same if not a.old}
    return len(today or {a.code for a in same}) == 1


def _skip(text: str, at: int) -> int:
    match = _SEAM.match(text, at)
    return match.end() if match else at
