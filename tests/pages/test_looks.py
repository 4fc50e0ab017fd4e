"""Light and dark: the system decides until somebody chooses; the choice is kept, script or not."""

from __future__ import annotations

import pytest

from tests.factories.story import Story
from tests.pages.conftest import browse
from tests.pages.test_home import page


def test_nobody_chose_so_the_system_decides(db):
    html = page(browse(None))

    assert "data-theme" not in html
    assert 'content="light dark"' in html


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_choice_is_kept_on_every_page(story: Story, theme):
    client = browse(story.user)

    answer = client.post("/theme", {"theme": theme, "next": "/me"})

    assert answer.headers["Location"] == "/me"
    for path in ("/", "/me", "/points", "/nowhere"):
        html = client.get(path).content.decode()
        assert f'<html lang="zh-Hans" data-theme="{theme}">' in html, path
        assert f'<meta name="color-scheme" content="{theme}">' in html


@pytest.mark.parametrize("nonsense", ["", "pink", '"><script>'])
def test_anything_else_gives_the_choice_back_to_the_system(db, nonsense):
    client = browse(None)
    client.post("/theme", {"theme": "dark"})

    client.post("/theme", {"theme": nonsense})

    assert "data-theme" not in page(client)


def test_a_cookie_with_nonsense_changes_nothing(db):
    client = browse(None)
    client.cookies["theme"] = "dark--><b>"

    assert "data-theme" not in page(client)


@pytest.mark.parametrize("onward", ["https://elsewhere.example/", "//elsewhere.example", ""])
def test_choosing_leads_nowhere_else(db, onward):
    answer = browse(None).post("/theme", {"theme": "dark", "next": onward})

    assert answer.headers["Location"] == "/"


def test_choosing_is_no_link(db):
    assert browse(None).get("/theme").status_code == 405
