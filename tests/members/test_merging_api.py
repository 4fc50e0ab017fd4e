"""Merges and clashes of ids in the storefront API."""

from __future__ import annotations

import re

import pytest

from members import models, selectors
from members.models import MergeCase
from points import selectors as points_selectors
from points.models import Entry
from tests.factories.api import api_client
from tests.factories.members import make_member
from tests.factories.orders import make_earning_shop
from tests.factories.points import Book
from tests.factories.programmes import make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_earning_shop()


@pytest.fixture
def client(shop):
    return api_client(shop)


@pytest.fixture
def pair(shop):
    stays = make_member(shop, phone="+8613800138000")
    goes = make_member(shop, phone="+8613900139000", external_id="wx-1", channel="mini")
    Book(shop.programme.id, stays).earn(100)
    Book(shop.programme.id, goes).earn(70)
    return selectors.public_id(stays), selectors.public_id(goes)


def merge(client, pair, **more):
    body = {"survivor": pair[0], "duplicate": pair[1], "reason": "same phone"}
    return client.post("members/merge", body, **more)


def test_a_merge_answers_with_its_report_and_again_with_the_same(client, pair):
    first = merge(client, pair)
    again = merge(client, pair)

    assert first.status_code == 200, first.content
    report = first.json()
    assert (report["survivor"], report["duplicate"]) == pair
    assert report["id"].startswith("mrg_")
    points = next(x for x in report["lines"] if (x["what"], x["of"]) == ("available", "points"))
    assert (points["survivor"], points["duplicate"], points["result"]) == ("100", "70", "170")
    assert again.json() == report
    assert again.headers["Idempotent-Replay"] == "true"
    assert Entry.objects.filter(kind="merge").count() == 2
    assert "+8613900139000" not in first.content.decode()


READS = (
    "members/{member}",
    "members/{member}/balance",
    "members/{member}/balances",
    "members/{member}/entries",
    "members/{member}/orders",
)


@pytest.mark.parametrize("path", READS)
def test_every_read_of_the_old_id_answers_with_the_survivors(client, pair, path):
    merge(client, pair)

    old = client.get(path.format(member=pair[1]))
    new = client.get(path.format(member=pair[0]))

    assert old.status_code == 200, old.content
    told = [re.sub(r'"as_of":"[^"]*"', "", x.content.decode()) for x in (old, new)]
    assert told[0] == told[1]


def test_look_ups_by_what_led_to_the_duplicate_lead_to_the_survivor(client, pair):
    card = client.get(f"members/{pair[1]}").json()["member_no"]
    merge(client, pair)

    for query in (
        {"phone": "13900139000"},
        {"phone": "13800138000"},
        {"external_id": "wx-1", "channel": "mini"},
        {"card_no": card},
    ):
        found = client.get("members", query).json()["items"]
        assert [m["id"] for m in found] == [pair[0]], query


def test_points_told_for_the_old_id_move_the_survivors(client, pair):
    merge(client, pair)

    spent = client.post(f"members/{pair[1]}/points/spend", {"points": 150, "source": "cup:1"})

    assert spent.status_code == 201, spent.content
    assert spent.json()["balance_after"] == 20
    assert list(points_selectors.reconcile()) == []


def test_a_dry_run_merges_nothing(client, pair):
    answer = merge(client, pair, query={"dry_run": "true"})

    assert answer.status_code == 200
    assert answer.json()["id"] is None
    assert not MergeCase.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"duplicate": "mem_no"}, 422, "member.unknown"),
        ({"survivor": "mem_no"}, 422, "member.unknown"),
        ({"reason": ""}, 400, "request.invalid"),
        ({"reason": "  "}, 422, "invalid"),
        ({"other": 1}, 400, "request.unknown_field"),
    ],
)
def test_a_wrong_merge_is_refused_at_its_field(client, pair, body, status, code):
    told = {"survivor": pair[0], "duplicate": pair[1], "reason": "same", **body}

    answer = client.post("members/merge", told)

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert not MergeCase.objects.exists()


def test_a_member_is_not_merged_with_itself_nor_with_another_shops(client, pair):
    stranger = selectors.public_id(make_member(make_shop("other")))

    assert merge(client, (pair[0], pair[0])).json()["code"] == "merge.same_member"
    assert merge(client, (pair[0], stranger)).json()["code"] == "member.unknown"


def test_merging_takes_the_scope_to_write_members(shop, pair):
    assert merge(api_client(shop, scopes="members:read"), pair).status_code == 403


@pytest.mark.parametrize("key", [None, "k-1"])
def test_an_id_of_another_member_opens_a_case_and_names_it(client, pair, key):
    told = {"channel": "mini", "external_id": "wx-1"}

    refused = client.post(f"members/{pair[0]}/identities", told, key=key)
    again = client.post(f"members/{pair[0]}/identities", told, key=key)

    assert refused.status_code == 409
    assert refused.json()["code"] == "member.identity_taken"
    case = MergeCase.objects.get()
    assert refused.json()["merge_case"] == selectors.case_public_id(case.pk)
    assert again.json()["merge_case"] == refused.json()["merge_case"]
    assert (case.state, case.found) == ("open", "identity")


def test_an_id_attached_after_the_merge_is_the_survivors_already(client, pair):
    merge(client, pair)

    answer = client.post(
        f"members/{pair[0]}/identities", {"channel": "mini", "external_id": "wx-1"}
    )

    assert answer.status_code == 200
    assert models.Identity.objects.filter(external_id="wx-1").count() == 1
