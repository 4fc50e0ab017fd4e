"""A number from outside is ASCII digits and no more of them than a key has, or it is none."""

import pytest

from config.kernel import numerals


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), (42, 42), ("9" * 18, 10**18 - 1)],
)
def test_whole_numbers_are_read(text, number):
    assert numerals.read(text) == number


@pytest.mark.parametrize(
    "text", [None, "", "-1", "+1", " 1", "1.0", "1e3", "²", "٣", "一", "9" * 19, "9" * 5000, True]
)
def test_anything_else_is_none(text):
    assert numerals.read(text) is None


def test_the_most_may_be_fewer():
    assert numerals.read("999", digits=3) == 999
    assert numerals.read("1000", digits=3) is None
