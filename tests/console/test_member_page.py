"""A member on one page: what is known, why it is so, and what an operator may do about it."""

from __future__ import annotations

import html

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.kernel import clock
from config.kernel.models import AuditRecord
from members.belongings import services as belongings_services
from members.models import AccessRecord, User
from points import selectors as points_selectors
from tests.belongings.keeping import add_address
from tests.belongings.test_cards_and_titles import CARD
from tests.console.conftest import operator
from tests.factories.members import make_member
from tests.factories.orders import line
from tests.factories.story import PHONE, Story, report


def member_page(client: Client, member_id: int) -> str:
    answer = client.get(f"/ops/members/member/{member_id}/change/")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_one_page_tells_who_what_and_why(story: Story, language):
    page = member_page(operator(language), story.member_id)

    words = {
        "zh-hans": ["阿宁", "会员计划", "调整积分", "最近积分变动", "订单 SO-1002", "兑换：随行杯"],
        "en": ["阿宁", "Programme", "Correct points", "Last entries", "For order SO-1002."],
    }
    for word in [*words[language], "SO-1001", "SO-1003", "+86138****8000"]:
        assert word in page, word
    assert PHONE not in page


def test_tier_says_why_with_its_figures(story: Story):
    page = member_page(operator("en"), story.member_id)

    assert "counted then; the tier asks for ¥" in page


def test_cost_does_not_grow_with_history(story: Story):
    client = operator()
    member_page(client, story.member_id)
    with CaptureQueriesContext(connection) as few:
        member_page(client, story.member_id)
    for number in range(4):
        report(story, f"MORE-{number}", days_ago=1, lines=[line()])

    with CaptureQueriesContext(connection) as many:
        member_page(client, story.member_id)

    assert len(many) <= len(few) <= 38


def test_fields_are_shown_one_by_one_for_a_reason_that_is_kept(story: Story):
    client = operator("en")
    path = f"/ops/members/member/{story.member_id}/reveal/"

    for wrong in ({"show": "phone", "reason": ""}, {"reason": "why not"}, {"show": "salary"}):
        refused = client.post(path, wrong)
        assert PHONE not in refused.content.decode()
        assert refused.context["form"].errors
    assert not AccessRecord.objects.filter(page="members.reveal").exists()
    shown = client.post(path, {"show": "phone", "reason": "The courier has no number"})

    assert PHONE in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    kept = AuditRecord.objects.get(action="member.contacts_revealed")
    assert kept.reason == "The courier has no number"
    assert kept.target == f"member:{story.member_id}"
    look = AccessRecord.objects.get(page="members.reveal")
    assert (look.fields, look.reason) == (["phone"], "The courier has no number")


def test_points_are_corrected_from_the_page(story: Story):
    client = operator("en")
    newcomer = make_member(story.shop)
    path = f"/ops/points/account/of/{newcomer}/correct"
    why = {"currency": "points", "code": "goodwill", "reason": "Missed at the till"}
    key = client.get(path).context["form"].initial["key"]

    for _twice in range(2):
        done = client.post(path, {**why, "points": "120", "key": key})

    assert done.headers["Location"] == f"/ops/members/member/{newcomer}/change/"
    page = member_page(client, newcomer)
    assert "120 available" in page
    assert "Missed at the till" in page
    entries = points_selectors.list_entries(
        member_ids=[newcomer], programme_id=story.shop.programme.id
    )
    assert [entry.points for entry in entries.entries] == [120]


@pytest.mark.parametrize("points", ["", "0", "many"])
def test_a_correction_of_nonsense_is_refused_at_its_field(story: Story, points):
    path = f"/ops/points/account/of/{story.member_id}/correct"

    answer = operator("en").post(path, {"points": points, "reason": "Mistake", "key": "k"})

    assert answer.status_code == 200
    assert answer.context["form"].errors["points"]
    assert "Mistake" in answer.content.decode()


def test_an_operator_sees_only_the_sheets_of_their_role(story: Story):
    client = operator("en", superuser=False)
    lin = User.objects.get(staff_name="lin")
    may = ["view_member", "view_order", "see_all_stores"]
    lin.user_permissions.add(*Permission.objects.filter(codename__in=may))

    page = member_page(client, story.member_id)

    assert "SO-1002" in page
    assert "Last entries" not in page
    assert "Correct points" not in page
    assert "Show in clear" not in page
    assert client.get(f"/ops/members/member/{story.member_id}/reveal/").status_code == 403
    assert client.get(f"/ops/points/account/of/{story.member_id}/correct").status_code == 403


def test_nobody_has_no_page(story: Story):
    assert operator().get("/ops/members/member/999999/change/").status_code == 404


def test_order_and_entry_screens_show_the_arithmetic(story: Story):
    client = operator("en")
    listed = client.get("/ops/commerce/order/?q=SO-1001").context["cl"].result_list
    order = listed[0]

    page = client.get(f"/ops/commerce/order/{order.member_id}-{order.pk}/change/")

    titles = [table.title for table in page.context["tables"]]
    assert "Why: by version 1 of the earn rules, rounded down once" in titles
    entry = next(
        entry
        for entry in points_selectors.list_entries(
            member_ids=[story.member_id], programme_id=story.shop.programme.id
        ).entries
        if entry.kind == "earn" and entry.source.startswith("order:")
    )
    page = client.get(f"/ops/points/entry/{entry.member_id}-{entry.entry_id}/change/")
    assert page.context["tables"][0].title.startswith("Why: by version 1 of the earn rules")


def test_belongings_are_masked(story: Story, language):
    now = clock.now()
    add_address(story.member_id, now, recipient="欧阳锋", detail="白驼山庄9号")
    belongings_services.bind_card(
        member_id=story.member_id, number=CARD, holder="欧阳克", actor="member:1", now=now
    )

    page = member_page(operator(language), story.member_id)

    assert "浙江省杭州市西湖区 ****" in page
    assert f"**** {CARD[-4:]}" in page
    for secret in ("欧阳锋", "欧阳克", "白驼山庄", "13800138000", CARD):
        assert secret not in page
