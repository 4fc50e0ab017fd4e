"""Service in the console: personal data for a reason, two members made one and parted again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from config.kernel import clock
from config.kernel.models import Approval
from members import services as members_services
from members.models import AccessRecord, Member, MergeCase
from tests.browser.conftest import VIEWS, Visit, seat
from tests.console.people import staff
from tests.factories.members import make_member
from tests.factories.points import Book
from tests.factories.story import PHONE, Story

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("view", VIEWS)]
Opens = Callable[..., Visit]
View = tuple[int, str]


def press(desk: Visit, act: str) -> None:
    """Press a button of a record; a narrow window keeps it behind a menu that leads there, too."""
    button = desk.page.locator(f"a[href$='/{act}/']").first
    if button.is_visible():
        button.click()
    else:
        desk.open(str(button.get_attribute("href")))


def test_personal_data_is_shown_for_a_reason_and_each_look_is_kept(
    visit: Opens, view: View, story: Story
) -> None:
    sue, pia = staff("sue", "support"), staff("pia", "privacy_officer")
    desk = seat(visit(width=view[0], language=view[1]), sue)
    page = desk.open(f"/ops/members/member/{story.member_id}/change/")
    assert PHONE not in page.content()
    desk.look()
    page = desk.open("/ops/members/datagrant/ask/")
    page.select_option("[name=hours]", "2")
    page.fill("[name=reason]", "  ")
    page.click("#content-main form button[type=submit]")
    expect(page.locator("#content-main [aria-invalid=true]")).to_have_count(1)
    expect(page.locator("[name=hours]")).to_have_value("2")
    desk.look()
    page.fill("[name=reason]", "Calls about the recall")
    page.click("#content-main form button[type=submit]")
    page.wait_for_url("**/ops/members/datagrant/**")
    asked = Approval.objects.get(kind="members.full_data")
    other = seat(visit(width=view[0], language=view[1]), pia)
    inbox = other.open(f"/ops/kernel/approval/{asked.pk}/change/")
    other.look()
    press(other, "approve")
    inbox.fill("[name=note]", "ok")
    other.look()
    inbox.click("#content-main form button[type=submit]")
    expect(inbox.locator("a[href$='/approve/']")).to_have_count(0)

    page = desk.open(f"/ops/members/member/{story.member_id}/change/")

    assert PHONE in page.content()
    desk.look()
    assert AccessRecord.objects.filter(user_id=sue.pk).exclude(fields=[]).exists()
    log = other.open("/ops/members/accessrecord/")
    assert "sue" in log.inner_text("#changelist")
    other.look()


def test_two_members_become_one_and_are_parted_again(
    visit: Opens, view: View, story: Story
) -> None:
    twin = make_member(story.shop, phone="+8613900139000", nickname="小宁")
    Book(story.shop.programme.id, twin, clock.now()).earn(77)
    number = Member.objects.get(pk=story.member_id).member_no
    mia = staff("mia", "support")
    desk = seat(visit(width=view[0], language=view[1]), mia)
    page = desk.open("/ops/members/mergecase/start/")
    page.fill("[name=survivor]", number)
    page.fill("[name=duplicate]", "no such member")
    page.fill("[name=reason]", "same person")
    page.click("#content-main form button[type=submit]:not([name])")
    expect(page.locator("[name=survivor]")).to_have_value(number)
    desk.look()
    page.fill("[name=duplicate]", "13900139000")
    page.click("#content-main form button[type=submit]:not([name])")
    page.wait_for_url("**/mergecase/*/change/")
    desk.look()
    press(desk, "merge")
    page.fill("[name=reason]", "same person")
    page.click("#content-main form button[type=submit]:not([name])")
    page.wait_for_url("**/mergecase/*/change/")
    desk.look()
    case = MergeCase.objects.get()
    assert case.state == "merged"

    press(desk, "undo")
    page.fill("[name=reason]", "twins")
    desk.look()
    page.click("#content-main form button[type=submit]:not([name])")

    page.wait_for_url("**/mergecase/*/change/")
    desk.look()
    assert Member.objects.get(pk=twin).status == "active"


def test_a_large_merge_waits_in_the_inbox(visit: Opens, view: View, story: Story) -> None:
    twin = make_member(story.shop, phone="+8613900139000")
    Book(story.shop.programme.id, twin, clock.now()).earn(6_000)
    members_services.open_case(
        survivor_id=story.member_id,
        duplicate_id=twin,
        found="operator",
        actor="staff:1",
        reason="same phone",
        now=clock.now(),
    )
    case = MergeCase.objects.get()
    desk = seat(visit(width=view[0], language=view[1]), staff("mia", "support"))
    page = desk.open(f"/ops/members/mergecase/{case.pk}/merge/")
    page.fill("[name=reason]", "same person")
    page.click("#content-main form button[type=submit]:not([name])")
    page.wait_for_url("**/mergecase/*/change/")
    desk.look()

    case.refresh_from_db()
    asked = Approval.objects.get(kind="members.merge")

    inbox = desk.open(f"/ops/kernel/approval/{asked.pk}/change/")
    # Whoever asks does not decide.
    assert inbox.locator("a[href$='/approve/']").count() == 0
    desk.look()
