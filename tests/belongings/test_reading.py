"""Smart paste: a table of real-looking addresses, and texts that are none."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.belongings import divisions
from members.belongings.reading import read

FILE = Path(__file__).parents[1] / "data" / "pasted_addresses.csv"
_PARTS = ("recipient", "phone", "region", "detail", "country")


def _cases(name: str) -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["set"] == name]


def _said(text: str) -> tuple[str, str, str, str, str]:
    found = read(text)
    region = divisions.find(found.region)
    where = region.words if region else found.area
    return found.recipient, found.phone, where, found.detail, found.country


@pytest.mark.parametrize(
    ("name", "whole_at_least", "parts_at_least"), [("table", 0.97, 0.99), ("later", 0.95, 0.98)]
)
def test_addresses_are_read(capsys, name, whole_at_least, parts_at_least):
    cases, wrong, right_parts = _cases(name), [], 0
    for case in cases:
        wanted = tuple(case[part] for part in _PARTS)
        said = _said(case["text"])
        right_parts += sum(a == b for a, b in zip(said, wanted, strict=True))
        if said != wanted:
            wrong.append((case["text"], said, wanted))
    whole, parts = 1 - len(wrong) / len(cases), right_parts / (5 * len(cases))
    with capsys.disabled():
        told = f"{len(cases)} texts, {whole:.1%} whole, {parts:.1%} of parts"
        print(f"\n  smart paste, {name}: {told}")
        for text, said, wanted in wrong:
            print(f"    {text!r}\n      read   {said}\n      wanted {wanted}")

    assert whole >= whole_at_least
    assert parts >= parts_at_least


def test_table_is_large_enough():
    texts = [case["text"] for case in _cases("table")]

    assert len(texts) >= 60
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    "text", ["", "   ", "你好", "13800138000", "😀", "浙江省", ":::", "\x00" * 20]
)
def test_what_is_no_address_leaves_the_form_as_it_is(text):
    found = read(text)

    assert found.detail in ("", text.strip())
    assert not found.recipient


def test_postcode_and_extension_are_kept():
    assert read("张三 13800138000 浙江省杭州市西湖区文三路1号 310012").postcode == "310012"
    assert read("张三 18412345678转5566 江苏省南京市鼓楼区中山北路30号").phone.endswith("转5566")


@given(st.text(alphabet="张三浙江省杭州市西湖区路号1380 ,:\n收货人abc-+()#转", max_size=80))
def test_any_text_is_read_without_an_error(text):
    found = read(text)

    assert found.region == "" or divisions.find(found.region)


def test_a_long_text_is_read_at_once():
    """A paste is read in a request: nothing in it may cost more than its length."""
    text = "浙江省杭州市西湖区1380013800" * 400
    read(text)
    began = time.perf_counter()

    read(text)

    assert time.perf_counter() - began < 1
