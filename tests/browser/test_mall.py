"""A member redeems in the mall: narrow and wide, with and without scripts, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from points.mall import models
from points.mall.types import ItemKind
from tests.browser.conftest import Visit, seat
from tests.factories.mall import HOME, Mall

pytestmark = pytest.mark.browser


@pytest.fixture
def mall(story: Any, settings: Any, tmp_path: Path) -> Mall:
    settings.MEDIA_ROOT = tmp_path
    shelf = Mall(shop=story.shop)
    shelf.item(name_zh="随行杯", name_en="Travel mug", points=300, sort=1)
    shelf.item(name_zh="月卡", name_en="Pass", kind=ItemKind.VIRTUAL, points=50, sort=2)
    shelf.item(name_zh="壶", name_en="Pot", points=10**7, tiers=("gold",), sort=3)
    return shelf


def redeem(window: Visit, name: str) -> None:
    """Go from the shelf to the order by links and buttons alone."""
    page = window.open("/mall")
    page.click(f"text={name}")
    page.click("main form[action$='/order'] button.btn-primary")
    if page.locator("[name=street]").count():
        for field, value in HOME.as_json().items():
            page.fill(f"[name={field}]", value)
    page.click("main form[action$='/order'] button.btn-primary")
    page.click("[name=confirmed]")
    page.wait_for_selector(".cheer")


@pytest.mark.parametrize(
    ("width", "language", "scripts"), [(390, "zh-CN", False), (1280, "en-US", True)]
)
def test_a_member_redeems_with_and_without_scripts(visit, story, mall, width, language, scripts):
    window = seat(visit(width=width, language=language, scripts=scripts), story.user)

    redeem(window, "随行杯" if language == "zh-CN" else "Travel mug")
    redeem(window, "月卡" if language == "zh-CN" else "Pass")
    window.page.click("form[action$='/codes'] button")
    window.page.wait_for_selector("text=CODE-")

    assert models.Order.objects.count() == 2
    assert not scripts or window.complaints == []


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_nothing_serious_stands_in_the_way_in_the_mall(visit, story, mall, width, scheme):
    window = seat(visit(width=width, scheme=scheme), story.user)
    redeem(window, "随行杯")
    order = window.page.url.removeprefix(window.page.url.split("/mall")[0]).partition("?")[0]
    items = [f"/mall/items/{item}" for item in _items(window)]
    found: list[str] = []

    for path in ("/mall", *items, f"{items[0]}/order", "/mall/orders", order):
        page = window.open(path)
        assert not window.sticks_out, path
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                nodes = [node["html"][:120] for node in violation["nodes"][:3]]
                found.append(f"{path}: {violation['id']} {nodes}")

    assert found == []
    assert window.complaints == []


def _items(window: Visit) -> list[str]:
    page = window.open("/mall")
    links = page.locator("main a[href^='/mall/items/']").all()
    return [str(link.get_attribute("href")).rsplit("/", 1)[-1] for link in links]
