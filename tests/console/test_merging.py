"""Merge cases in the console: two members side by side, decided for a reason."""

from __future__ import annotations

import html

import pytest
from django.contrib.auth.models import Permission

from config.kernel import approvals, clock
from members import selectors, services
from members.models import Member, MergeCase, SignInAttempt, User
from points.models import Account
from tests.console.conftest import operator
from tests.factories.members import make_member
from tests.factories.points import Book
from tests.factories.story import Story, make_user

PAGE = "/ops/members/mergecase"


@pytest.fixture
def case(story: Story) -> MergeCase:
    other = make_member(story.shop, phone="+8613900139000", nickname="小宁")
    Book(story.shop.programme.id, other, clock.now()).earn(77)
    pk = services.open_case(
        survivor_id=story.member_id,
        duplicate_id=other,
        found="operator",
        actor="staff:1",
        reason="同一手机",
        now=clock.now(),
    )
    return MergeCase.objects.get(pk=pk)


def read(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.content.decode())


def test_the_case_shows_both_and_what_stays(case, language):
    page = read(operator(language), f"{PAGE}/{case.pk}/change/")

    words = {
        "zh-hans": ["合并后", "昵称", "可用"],
        "en": ["What stays", "Nickname", "Available"],
    }
    for word in [*words[language], "+86139****9000", "小宁", "77"]:
        assert word in page, word
    assert "+8613900139000" not in page


def test_merge_and_undo_each_ask_for_a_reason(case, language):
    client = operator(language)
    assert client.post(f"{PAGE}/{case.pk}/merge/", {"reason": ""}).status_code == 200
    assert Member.objects.get(pk=case.duplicate_id).status == "active"

    merged = client.post(f"{PAGE}/{case.pk}/merge/", {"reason": "same person"})

    assert merged.status_code == 302
    case.refresh_from_db()
    assert (case.state, case.decision) == ("merged", "same person")
    page = read(client, f"/ops/members/member/{case.survivor_id}/change/")
    assert Member.objects.get(pk=case.duplicate_id).member_no in page
    assert client.post(f"{PAGE}/{case.pk}/undo/", {"reason": "twins"}).status_code == 302
    assert Member.objects.get(pk=case.duplicate_id).status == "active"


def test_an_undo_beyond_cover_is_said_in_words_and_keeps_the_reason(case):
    client = operator("en")
    services.merge(case_id=case.pk, actor="staff:1", reason="same", now=clock.now())
    account = Account.objects.get(member_id=case.survivor_id, currency="points")
    Book(case.programme_id, case.survivor_id, clock.now()).spend(account.available)

    answer = client.post(f"{PAGE}/{case.pk}/undo/", {"reason": "not the same"})

    page = html.unescape(answer.content.decode())
    assert answer.status_code == 200
    assert "77" in page
    assert "not the same" in page


def test_a_rejected_case_says_so(case):
    client = operator("en")
    assert client.post(f"{PAGE}/{case.pk}/reject/", {"reason": "brothers"}).status_code == 302
    assert "brothers" in read(client, f"{PAGE}/{case.pk}/change/")
    assert client.post(f"{PAGE}/{case.pk}/merge/", {"reason": "x"}).status_code in (302, 403)
    case.refresh_from_db()
    assert case.state == "rejected"


def test_two_members_are_chosen_and_compared(story: Story):
    client = operator("en")
    other = make_member(story.shop, phone="+8613900139000")
    numbers = dict(Member.objects.values_list("pk", "member_no"))
    form = {"survivor": numbers[story.member_id], "duplicate": "13900139000", "reason": "asked"}

    shown = client.post(f"{PAGE}/start/", {**form, "preview": "1"}, follow=True)
    assert "What stays" in shown.content.decode()
    assert not MergeCase.objects.exists()
    opened = client.post(f"{PAGE}/start/", form)

    case = MergeCase.objects.get()
    assert opened.status_code == 302
    assert (case.survivor_id, case.duplicate_id) == (story.member_id, other)


def test_someone_on_the_same_device_is_offered(story: Story):
    other = make_member(story.shop)
    for member, user in ((other, make_user(other)), (story.member_id, story.user)):
        sign_in(member, user.pk)

    page = read(operator("en"), f"{PAGE}/start/?member={story.member_id}")

    assert selectors.list_likely(member_id=story.member_id, now=clock.now()) == [other]
    assert Member.objects.get(pk=other).member_no in page


def sign_in(member_id: int, user_id: int) -> None:
    SignInAttempt.objects.create(
        user_id=user_id, member_id=member_id, by="phone", outcome="passed",
        device=b"0123456789abcdef", occurred_at=clock.now(),
    )  # fmt: skip


def test_above_the_limit_a_second_person_decides(case):
    Book(case.programme_id, case.duplicate_id, clock.now()).earn(6_000)
    client = operator("en")
    asked = client.post(f"{PAGE}/{case.pk}/merge/", {"reason": "same person"})
    assert asked.status_code == 302
    case.refresh_from_db()
    assert case.state == "waiting"
    services.create_staff(username="wang", password="another-long-one", superuser=False)
    user = User.objects.get(staff_name="wang")
    user.user_permissions.add(Permission.objects.get(codename="approve_merge"))

    approvals.decide(
        approval_id=case.approval_id, approver=f"staff:{user.pk}", approve=True, now=clock.now()
    )

    case.refresh_from_db()
    assert case.state == "merged"
    assert Member.objects.get(pk=case.duplicate_id).survivor_id == case.survivor_id


def test_the_inbox_tells_what_the_merge_would_do(case):
    Book(case.programme_id, case.duplicate_id, clock.now()).earn(6_000)
    services.decide_merge(case_id=case.pk, actor="staff:9", reason="same", now=clock.now())
    case.refresh_from_db()

    page = read(operator("en"), f"/ops/kernel/approval/{case.approval_id}/change/")

    assert "The merge case, side by side" in page
    assert "Available · Points" in page


def test_whoever_may_only_look_sees_no_buttons(case):
    client = operator("en", superuser=False)
    user = User.objects.get(staff_name="lin")
    user.user_permissions.add(*Permission.objects.filter(codename="view_mergecase"))

    assert "side by side" not in read(client, f"{PAGE}/{case.pk}/change/")
    assert client.post(f"{PAGE}/{case.pk}/merge/", {"reason": "x"}).status_code in (302, 403)
    case.refresh_from_db()
    assert case.state == "open"
