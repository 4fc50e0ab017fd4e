"""What divisions are called: in full, for short, and as they were called before."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from members.belongings import divisions
from members.belongings.types import Place

_PEOPLES = (
    "各族|满族|回族|蒙古族|蒙古|苗族|侗族|瑶族|土家族|壮族|彝族|藏族|羌族|布依族|水族|仡佬族|仫佬族|毛南族|黎族"
    "|白族|傣族|景颇族|傈僳族|哈尼族|拉祜族|佤族|纳西族|独龙族|怒族|普米族|布朗族|东乡族|保安族|撒拉族|裕固族"
    "|哈萨克族|哈萨克|柯尔克孜|锡伯|塔吉克|畲族|朝鲜族|达斡尔族|鄂温克族|鄂伦春族|土族"
)
_AUTONOMOUS = re.compile(rf"(?:{_PEOPLES})+自治(?:州|县|旗|区)$")
_SUFFIX = re.compile(
    r"(?:维吾尔自治区|壮族自治区|回族自治区|特别行政区|自治区|自治州|自治县|自治旗|省|市|地区|盟|州|新区|林区|特区|矿区"
    r"|县|区|旗)$"
)
_KINDS = {"自治州": ("州",), "自治县": ("县",), "自治旗": ("旗",)}


@dataclass(frozen=True, slots=True)
class Alias:
    """A name of a division at one level. `full`: the whole name, and no short form of it."""

    text: str
    code: str
    city: str
    province: str
    full: bool
    old: bool = False


def short(name: str) -> str:
    """Return a name without what says of which kind it is; itself when too little is left."""
    bare = _AUTONOMOUS.sub("", name)
    if len(bare) < 2 or bare == name:
        bare = _SUFFIX.sub("", name)
    if bare.endswith("族") and name.endswith(("自治旗", "自治县")):
        bare = bare[:-1]
    return bare if len(bare) >= 2 else name


def _names(name: str) -> Iterator[tuple[str, bool]]:
    yield name, True
    bare = short(name)
    if bare == name:
        return
    yield bare, False
    for kind, endings in _KINDS.items():
        if name.endswith(kind):
            for ending in endings:
                yield bare + ending, True


Index = dict[str, list[Alias]]


@dataclass(frozen=True, slots=True)
class Book:
    """All names by their first character, the longest first, at each level."""

    provinces: Index
    cities: Index
    counties: Index


@cache
def book() -> Book:
    """Return the names of all divisions; made once in a process."""
    tree = divisions.tree()
    provinces, cities, counties = [], [], []
    for province in tree.provinces:
        provinces += _aliases(province, city="", province=province.code)
        for city in tree.cities.get(province.code, ()):
            cities += _aliases(city, city=city.code, province=province.code)
            if city.name == province.name:
                cities += _placeholders(city, province.code)
            if city.code.endswith("9000"):
                cities += _placeholders(city, province.code)
            for county in tree.counties.get(city.code, ()):
                counties += _aliases(county, city=city.code, province=province.code)
    _add_former(cities, counties)
    return Book(provinces=_index(provinces), cities=_index(cities), counties=_index(counties))


def _aliases(place: Place, *, city: str, province: str) -> list[Alias]:
    return [
        Alias(text=text, code=place.code, city=city, province=province, full=full)
        for text, full in _names(place.name)
    ]


def _placeholders(city: Place, province: str) -> list[Alias]:
    """Return what shops write where a province has no city."""
    words = ("市辖区", "直辖县级行政区划", "省直辖县级行政单位", "直辖县级", "省直辖", "县")
    return [
        Alias(text=text, code=city.code, city=city.code, province=province, full=True)
        for text in words
    ]


def _add_former(cities: list[Alias], counties: list[Alias]) -> None:
    """Add names that are no more, under what they became."""
    for gone in divisions.former():
        region = divisions.find(gone.new_code)
        if region is None:
            continue
        below = region.county_code or (region.whole and region.city_code)
        target = counties if below else cities
        for text, full in _names(gone.name):
            target.append(
                Alias(
                    text=text,
                    code=region.code,
                    city=region.city_code,
                    province=region.province_code,
                    full=full,
                    old=True,
                )
            )


def _index(aliases: list[Alias]) -> Index:
    found: Index = defaultdict(list)
    # Today's names win over those of the past.
    for alias in sorted(aliases, key=lambda a: (-len(a.text), a.old)):
        if len(alias.text) >= 2 or alias.full:
            found[alias.text[0]].append(alias)
    return dict(found)
