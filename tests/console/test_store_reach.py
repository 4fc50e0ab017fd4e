"""H42, in the console: a store manager meets the members of that store and nobody else."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.contrib import admin
from django.test import Client

from config.kernel import clock
from config.kernel.console import SpreadAdmin, record_url, spread_key
from members.models import AccessRecord, Member, SignInAttempt
from messaging.models import LocalMessage
from tests.console.people import at_home, browser, open_store, staff
from tests.factories.members import make_member
from tests.factories.story import PHONE, Story, make_story

SPREAD = [
    model
    for model, screen in admin.site._registry.items()
    if isinstance(screen, SpreadAdmin) and model is not AccessRecord
]


@dataclass(frozen=True)
class Two:
    """Two stores; `story` is at home in the other one, `mine` in the manager's."""

    story: Story
    mine: int
    here: int
    there: int
    client: Client


@pytest.fixture
def two(db) -> Two:
    story = make_story()
    here, there = open_store(story.shop, "here"), open_store(story.shop, "there")
    mine = make_member(story.shop, phone="+8613900139001")
    at_home(story.member_id, there)
    at_home(mine, here)
    manager = staff("mei", "store_manager", stores=(here,))
    return Two(story=story, mine=mine, here=here, there=there, client=browser(manager))


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def number(member_id: int) -> str:
    return Member.objects.get(pk=member_id).member_no


def test_the_list_and_its_search_know_only_the_stores_members(two: Two):
    listed = text(two.client, "/ops/members/member/")
    assert number(two.mine) in listed
    assert number(two.story.member_id) not in listed
    for term in (PHONE.removeprefix("+86"), number(two.story.member_id)):
        found = text(two.client, f"/ops/members/member/?q={term}")
        assert f"/ops/members/member/{two.story.member_id}/" not in found


@pytest.mark.parametrize("tail", ["change/", "reveal/"])
def test_another_stores_member_has_no_page_and_nothing_to_reveal(two: Two, tail):
    theirs = f"/ops/members/member/{two.story.member_id}/{tail}"

    assert two.client.get(theirs).status_code == 404
    assert two.client.post(theirs, {"show": "phone", "reason": "curious"}).status_code == 404
    assert two.client.get(f"/ops/members/member/{two.mine}/{tail}").status_code == 200
    assert not AccessRecord.objects.filter(member_id=two.story.member_id).exists()


@pytest.mark.parametrize("model", SPREAD, ids=lambda model: model._meta.label_lower)
def test_rows_of_another_stores_member_are_not_there(two: Two, model):
    screen = admin.site._registry[model]
    rows = model._default_manager.filter(member_id=two.story.member_id)
    chief = two.client
    if not screen.has_view_permission(_request_of(chief)):
        assert chief.get(record_url(model, "1-1")).status_code == 403
        return

    meta = model._meta
    listing = f"/ops/{meta.app_label}/{meta.model_name}/"
    for query in ("", f"?member_id={two.story.member_id}", f"?q={number(two.story.member_id)}"):
        shown = chief.get(listing + query).context["cl"].result_list
        assert [row for row in shown if row.member_id == two.story.member_id] == []
    for row in rows[:1]:
        answer = chief.get(record_url(model, spread_key(row)))
        assert answer.status_code in (302, 404)


def _request_of(client: Client):
    return client.get("/ops/").wsgi_request


@pytest.mark.parametrize("address", ["correct", "as-of"])
def test_direct_addresses_of_points_know_no_other_store(two: Two, address):
    theirs = two.client.get(f"/ops/points/account/of/{two.story.member_id}/{address}")

    assert theirs.status_code in (403, 404)


def test_the_whole_ledger_is_not_searched_from_one_store(two: Two):
    for path in ("search", "search?kind=earn", "export?kind=earn"):
        assert two.client.get(f"/ops/points/entry/{path}").status_code == 403


def test_messages_and_sign_ins_of_other_stores_are_not_there(two: Two):
    now = clock.now()
    for member_id in (two.mine, two.story.member_id):
        LocalMessage.objects.create(
            key=f"m{member_id}",
            kind="member",
            channel="sms",
            member_id=member_id,
            address=f"+86139{member_id:08d}",
            body=f"hello {member_id}",
            template="tier_upgraded",
            status="sent",
            recorded_at=now,
        )
        SignInAttempt.objects.create(
            user_id=1, member_id=member_id, by="phone", outcome="passed", occurred_at=now
        )

    listed = text(two.client, "/ops/messaging/localmessage/")

    assert f"hello {two.mine}" in listed
    assert f"hello {two.story.member_id}" not in listed
    theirs = LocalMessage.objects.get(member_id=two.story.member_id)
    page = two.client.get(f"/ops/messaging/localmessage/{theirs.pk}/change/")
    assert page.status_code in (302, 404)


def test_figures_of_all_members_are_not_shown_to_one_store(two: Two):
    answer = two.client.get("/ops/")

    assert "board" not in answer.context
    assert "board" in browser(staff("ola", "operations")).get("/ops/").context


def test_the_look_up_behind_choices_knows_no_other_store(two: Two):
    answer = two.client.get(
        "/ops/autocomplete/?app_label=members&model_name=member&field_name=user&term=1"
    )

    assert answer.status_code in (403, 404)


def test_who_serves_no_store_sees_nobody_and_a_moved_grant_moves_the_view(two: Two):
    lost = browser(staff("lou", "store_manager"))
    assert number(two.mine) not in text(lost, "/ops/members/member/")

    moved = browser(staff("max", "store_manager", stores=(two.there,)))

    shown = text(moved, "/ops/members/member/")
    assert number(two.story.member_id) in shown
    assert number(two.mine) not in shown


def test_of_a_merged_member_the_survivors_store_decides(two: Two):
    old = make_member(two.story.shop)
    at_home(old, two.here)
    Member.objects.filter(pk=old).update(status="merged", survivor_id=two.story.member_id)

    assert two.client.get(f"/ops/members/member/{old}/change/").status_code == 404

    at_home(two.story.member_id, two.here)
    assert two.client.get(f"/ops/members/member/{old}/change/").status_code == 200


def test_every_look_is_in_the_access_log_and_cannot_be_taken_out(two: Two):
    two.client.get(f"/ops/members/member/{two.mine}/change/")
    two.client.get(f"/ops/points/account/?member_id={two.mine}")

    looks = AccessRecord.objects.filter(member_id=two.mine).order_by("id")
    assert [look.page for look in looks] == ["members.member", "points.account"]
    auditor = browser(staff("ada", "auditor"))
    shown = text(auditor, "/ops/members/accessrecord/")
    assert "mei" in shown
    assert number(two.mine) in shown
    assert AccessRecord.objects.count() == 2
    assert two.client.get("/ops/members/accessrecord/").status_code == 403
