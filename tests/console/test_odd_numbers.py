"""What stands for a number in an address may be anything: no screen breaks on it."""

from __future__ import annotations

import pytest

from tests.console.conftest import operator
from tests.factories.story import Story

ODD = ("²", "٣", "9" * 30, "9" * 5000, "1;--")
PLACES = (
    "/ops/?days={}",
    "/ops/points/entry/?programme={}",
    "/ops/points/entry/search?kind=earn&before={}",
    "/ops/members/member/?member_id={}",
    "/ops/points/entry/{}-{}/change/",
    "/ops/members/mergecase/{}/decide",
    "/ops/members/policy/{}/publish",
    "/ops/kernel/approval/{}/approve",
    "/ops/kernel/approval/{}/change/",
)


@pytest.mark.parametrize("place", PLACES)
def test_no_screen_breaks_on_odd_numbers(story: Story, place: str):
    client = operator("en")

    answers = {odd[:6]: client.get(place.replace("{}", odd)).status_code for odd in ODD}

    assert max(answers.values()) < 500
