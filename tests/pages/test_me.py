"""The member's own page, the member code, and what turning the card shows."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from config.pages import codes, formats
from members import selectors as members_selectors
from tests.factories.story import Story
from tests.pages.conftest import browse
from tests.pages.test_home import page, queries


def number_of(story: Story) -> str:
    return members_selectors.get_member(member_id=story.member_id).member_no


def test_me_shows_the_profile_masked(story: Story, language):
    html = page(browse(story.user, language), "/me/profile")

    assert "阿宁" in html
    assert "138****8000" in html
    assert "13800138000" not in html
    assert ("入会日期" if language == "zh-hans" else "Member since") in html
    assert queries(browse(story.user), "/me/profile") <= 12


def test_me_saves_a_name_and_says_so(story: Story, language):
    client = browse(story.user, language)

    answer = client.post("/me/profile", {"nickname": "  宁宁 "}, follow=True)

    html = answer.content.decode()
    assert members_selectors.get_member(member_id=story.member_id).nickname == "宁宁"
    assert ("已保存" if language == "zh-hans" else "Saved.") in html
    assert 'role="status"' in html


@pytest.mark.parametrize("bad", ["x" * 65, "a\x00b"])
def test_me_refuses_a_bad_name_at_the_field_and_keeps_it(story: Story, bad):
    answer = browse(story.user).post("/me/profile", {"nickname": bad})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="nickname-error"' in html
    assert 'aria-invalid="true"' in html
    assert members_selectors.get_member(member_id=story.member_id).nickname == "阿宁"


@pytest.mark.parametrize("path", ["/me", "/me/profile", "/benefits", "/messages", "/code"])
def test_own_pages_send_strangers_to_sign_in(db, path):
    assert browse(None).get(path).headers["Location"] == f"/sign-in?next={path}"


def test_code_is_fresh_on_a_page_of_its_own_that_nobody_keeps(story: Story):
    client = browse(story.user)

    first, second = client.get("/code"), client.get("/code")

    digits = [re.search(r"28(?:\d{2} ?){8}", a.content.decode())[0] for a in (first, second)]
    assert digits[0] != digits[1]
    assert codes.of(digits[0].replace(" ", "")).bars.path in first.content.decode()
    assert "no-store" in first.headers["Cache-Control"]
    assert "<html" not in client.get("/code", headers={"HX-Request": "true"}).content.decode()


def test_card_turns_to_its_number_and_leads_to_the_code(story: Story):
    html = page(browse(story.user), "/")

    assert formats.card_number(number_of(story)) in html
    assert 'href="/code"' in html


@pytest.mark.parametrize("number", ["674620596896", "280123456789012349", "000000000000", "1"])
def test_code_leaves_scanners_their_quiet_zone(number):
    code = codes.of(number)
    columns = [(int(x), int(length)) for x, length in re.findall(r"M(\d+) 0h(\d+)", code.bars.path)]

    assert columns[0][0] == 10
    assert sum(columns[-1]) == code.bars.width - 10
    # A QR code of version 1 has 21 modules, 4 of nothing on each side.
    assert code.square.width == 29
    ET.fromstring(f"<svg><path d='{code.square.path}'/></svg>")  # noqa: S314


def test_home_shows_one_bar_and_five_rooms(story: Story):
    html = page(browse(story.user))

    assert html.count("<progress") == 1
    assert html.count('class="dock-label"') == 5


def test_signing_out_is_told_and_leaves_a_stranger(story: Story, language):
    answer = browse(story.user, language).post("/sign-out", follow=True)

    html = answer.content.decode()
    assert ("您已退出登录" if language == "zh-hans" else "You are signed out.") in html
    assert 'href="/sign-in"' in html


def test_me_leads_to_every_room(story: Story, language):
    html = page(browse(story.user, language), "/me")

    for url in ("/orders", "/me/profile", "/code"):
        assert f'href="{url}"' in html
    assert ("我的订单" if language == "zh-hans" else "My orders") in html


def test_profile_saves_a_birthday_once_a_year(story: Story, language):
    client = browse(story.user, language)
    kept = {"nickname": "阿宁"}
    client.post("/me/profile", {**kept, "birthday": "1990-05-17"})
    client.post("/me/profile", {**kept, "birthday": "1990-05-18"})

    answer = client.post("/me/profile", {**kept, "birthday": "1990-05-19"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="birthday-error"' in html
    assert 'value="1990-05-19"' in html
    member = members_selectors.get_member(member_id=story.member_id)
    assert str(member.birthday) == "1990-05-18"


@pytest.mark.parametrize("bad", ["17.5.1990", "2999-01-01", "1990-02-30"])
def test_profile_refuses_what_is_no_birthday(story: Story, bad):
    answer = browse(story.user).post("/me/profile", {"nickname": "", "birthday": bad})

    assert answer.status_code == 422
    assert f'value="{bad}"' in answer.content.decode()
    member = members_selectors.get_member(member_id=story.member_id)
    assert (member.nickname, member.birthday) == ("阿宁", None)
