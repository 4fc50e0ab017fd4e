"""The page of components: all of them, in both languages and themes, and only where it may be."""

from __future__ import annotations

import re

import pytest

from config.pages import catalogue, samples
from tests.pages.conftest import browse
from tests.pages.test_home import page

COMPONENTS = sorted(
    path.stem for path in (catalogue.ROOT / "templates/pages/components").glob("*.html")
)
# Drawn as parts of others.
PARTS = {"expiry", "attributes"}


def test_every_component_has_a_sample():
    assert set(COMPONENTS) - PARTS == set(samples.components())


@pytest.mark.parametrize("name", sorted(set(COMPONENTS) - PARTS))
def test_showcase_shows_each_in_two_languages_and_two_themes(db, settings, name):
    settings.DEMO = True

    html = page(browse(None), f"/_ui/?only={name}")

    for theme in ("light", "dark"):
        for lang in ("zh-Hans", "en"):
            assert f'data-theme="{theme}" lang="{lang}"' in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_showcase_is_not_found_in_production(db, settings):
    settings.DEMO = settings.DEBUG = False

    page(browse(None), "/_ui/", status=404)
    page(browse(None), "/_ui/blank", status=404)
