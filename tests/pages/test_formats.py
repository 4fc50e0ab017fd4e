"""Amounts and days as people of each language write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from babel.numbers import format_decimal
from django.utils import timezone, translation

from config.pages import formats
from config.pages.explanations import decimal

JOINER = "\u2060"


@pytest.mark.parametrize(
    ("amount", "currency", "brief", "text"),
    [
        (124000, "CNY", True, "¥1,240"),
        (124050, "CNY", True, "¥1,240.50"),
        (124000, "CNY", False, "¥1,240.00"),
        (-50, "GBP", False, "−£0.50"),
        (1240, "JPY", False, "JP¥1,240"),
    ],
)
def test_money_is_exact_and_knows_its_digits(amount, currency, brief, text):
    assert formats.money(amount=amount, currency=currency, brief=brief) == text


def test_last_day_is_the_one_before_an_exclusive_bound():
    with translation.override("en"), timezone.override("Asia/Shanghai"):
        assert formats.last_day(datetime(2028, 11, 30, 16, tzinfo=UTC)) == "November 30, 2028"


def test_days_are_those_of_the_zone_and_the_language():
    at = datetime(2026, 11, 22, 17, tzinfo=UTC)

    with timezone.override("Asia/Shanghai"):
        with translation.override("zh-hans"):
            assert formats.day(at).replace(JOINER, "") == "2026年11月23日"
            assert formats.moment(at).replace(JOINER, "") == "2026年11月23日 01:00"
        with translation.override("en"):
            assert formats.moment(at) == "Nov 23, 2026, 01:00"


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(3, 2), "1.5"), (Fraction(1), "1"), (Fraction(1, 3), "1/3"), (Fraction(10), "10")],
)
def test_multipliers_are_short_and_exact(value, text):
    assert decimal(value) == text


def test_chinese_days_are_not_parted_at_the_end_of_a_line():
    with translation.override("zh-hans"):
        for text in (formats.day(date(2026, 11, 3)), formats.month(date(2026, 11, 3))):
            for unit in "年月日":
                place = text.find(unit)
                if place > 0:
                    assert text[place - 1] == JOINER
                if 0 < place < len(text) - 1:
                    assert text[place + 1] == JOINER


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (999, "999"), (1234567, "1,234,567"), (-4500, "−4,500")]
)
def test_numbers_have_their_thousands_apart_in_both_languages(value, text):
    for language in ("zh-hans", "en"):
        with translation.override(language):
            plain = format_decimal(value, "#,##0", locale="zh")
            assert formats.number(value) == text == plain.replace("-", formats.MINUS)
