"""The tab of messages: what was sent, newest first; never a code, never somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from config.kernel import clock
from members import services as members_services
from messaging import selectors as messaging_selectors
from messaging import services as messaging_services
from messaging.types import Channel, Kind, Text
from tests.factories.members import make_member
from tests.factories.story import Story
from tests.pages.conftest import browse
from tests.pages.test_home import page, queries


def letter(number: int) -> Callable[[str], Text]:
    return lambda language: Text(subject=f"Letter {number}.", body="欢迎")


def tell(member_id: int, count: int) -> None:
    now = clock.now()
    for number in range(count):
        messaging_services.tell_member(
            key=f"told:{member_id}:{number}",
            member_id=member_id,
            kind=Kind.MEMBER,
            template="tier_upgraded",
            write=letter(number),
            now=now + timedelta(seconds=number),
        )


def test_messages_says_when_there_are_none(newcomer: Story, language):
    html = page(browse(newcomer.user, language), "/messages")

    assert ("还没有消息" if language == "zh-hans" else "No messages yet.") in html


def test_messages_lists_letters_newest_first_and_older_ones_behind(newcomer: Story):
    tell(newcomer.member_id, 25)
    client = browse(newcomer.user)

    html = page(client, "/messages")

    assert html.index("Letter 24.") < html.index("Letter 5.")
    assert "Letter 4." not in html
    before = messaging_selectors.list_letters(member_ids=[newcomer.member_id]).next_before
    assert "Letter 4." in page(client, f"/messages?before={before}")
    assert queries(client, "/messages") <= 12


def test_messages_shows_no_code_and_nothing_of_others(newcomer: Story):
    other = make_member(newcomer.shop, phone="+8613800138001")
    tell(other, 1)
    messaging_services.send_code(
        key="code",
        channel=Channel.SMS,
        address="+8613800138000",
        code="424242",
        link="",
        locale="en",
        programme_id=newcomer.shop.programme.id,
        now=clock.now(),
    )

    html = page(browse(newcomer.user), "/messages")

    assert "Letter" not in html
    assert "424242" not in html


def test_messages_survives_nonsense_in_the_address(newcomer: Story):
    tell(newcomer.member_id, 1)
    client = browse(newcomer.user)

    for nonsense in ("-1", "9" * 30, "x", "%00"):
        assert "Letter 0." in page(client, f"/messages?before={nonsense}")


def test_letters_keep_the_markup_of_nobody(newcomer: Story):
    members_services.update_profile(
        member_id=newcomer.member_id,
        changes={"nickname": "<b>x</b>"},
        actor="test",
        now=clock.now(),
    )

    assert "<b>x</b>" not in page(browse(newcomer.user), "/me")
