"""The mall by API: what storefronts and tills see and do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from config.kernel import clock
from members import selectors as members_selectors
from points.mall.types import ItemKind
from tests.factories.api import ApiClient, api_client
from tests.factories.mall import HOME, Mall
from tests.factories.programmes import make_shop, make_sister_brand


@pytest.fixture
def api(mall: Mall) -> ApiClient:
    return api_client(mall.shop)


def body(mall: Mall, item: Any, member: int, **more: Any) -> dict[str, Any]:
    told = {"member": members_selectors.public_id(member), "item": item.public_id, **more}
    if item.kind is ItemKind.PHYSICAL and "store" not in more:
        told.setdefault("address", HOME.as_json())
    return told


def order(api: ApiClient, mall: Mall, item: Any, **more: Any) -> dict[str, Any]:
    answer = api.post("mall/orders", body(mall, item, mall.buyer(), **more))
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def test_items_are_listed_page_by_page(mall, api):
    for place in range(5):
        mall.item(sort=place)
    mall.item(publish=False)
    mall.item(kind=ItemKind.TICKET, sort=9)

    first = api.get("mall/items", {"limit": 3}).json()
    rest = api.get("mall/items", {"limit": 3, "cursor": first["next_cursor"]}).json()

    assert [len(first["items"]), len(rest["items"])] == [3, 3]
    assert rest["next_cursor"] is None
    assert len(api.get("mall/items", {"kind": "ticket"}).json()["items"]) == 1
    assert first["items"][0]["price"] == {
        "points": 100,
        "cash": {"amount": 0, "currency": "CNY"},
        "version": 1,
    }
    assert first["items"][0]["eligibility"] is None


def test_an_item_tells_a_member_what_is_missing(mall, api):
    item = mall.item(points=1500, tiers=("gold",))
    member = members_selectors.public_id(mall.buyer(1000))

    told = api.get(f"mall/items/{item.public_id}", {"member": member}).json()

    assert told["eligibility"]["eligible"] is False
    assert [(r["code"], r["missing"]) for r in told["eligibility"]["reasons"]] == [
        ("tier", 0),
        ("points", 500),
    ]
    picture = api.http.get(told["pictures"][0]["small"])
    assert picture["Content-Type"] == "image/webp"
    assert picture.content[8:12] == b"WEBP"


def test_items_of_others_and_drafts_are_not_found(mall, api):
    draft = mall.item(publish=False)
    other = api_client(make_shop("other"))
    item = mall.item()

    assert api.get(f"mall/items/{draft.public_id}").status_code == 404
    assert other.get(f"mall/items/{item.public_id}").status_code == 404
    assert api.get("mall/items/itm_nothing").json()["code"] == "mall_item.not_found"
    answer = other.get("mall/items", {"member": members_selectors.public_id(mall.buyer())})
    assert (answer.status_code, answer.json()["code"]) == (422, "member.not_found")


def test_an_order_is_placed_once_for_its_key(mall, api):
    item, member = mall.item(stock=5), mall.buyer()

    first = api.post("mall/orders", body(mall, item, member), key="k")
    again = api.post("mall/orders", body(mall, item, member), key="k")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotent-Replay"] == "true"
    assert first.json() == again.json()
    assert first.json()["status"] == "to_ship"
    listed = api.get(f"members/{first.json()['member']}/mall/orders").json()
    assert [one["id"] for one in listed["items"]] == [first.json()["id"]]


def test_a_dry_run_keeps_nothing(mall, api):
    item, member = mall.item(stock=1), mall.buyer()

    told = api.post("mall/orders", body(mall, item, member), query={"dry_run": "true"})

    assert (told.status_code, told.json()["id"]) == (200, None)
    assert api.post("mall/orders", body(mall, item, member)).status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"item": "itm_no"}, 422, "mall_item.not_found"),
        ({"member": "mem_no"}, 422, "member.not_found"),
        ({"store": "nowhere", "delivery": "collect"}, 422, "mall.store_unknown"),
        ({"address": None}, 422, "mall.address_invalid"),
        ({"quantity": 0}, 400, "request.invalid"),
        ({"price_version": 7}, 409, "mall.price_changed"),
        ({"delivery": "code"}, 422, "mall.delivery_invalid"),
        ({"quantity": 11}, 409, "mall.sold_out"),
        ({"quantity": 10}, 409, "points.insufficient"),
        ({"colour": "red"}, 400, "request.unknown_field"),
    ],
)
def test_bad_orders_are_refused_and_change_nothing(mall, api, changes, status, code):
    item, member = mall.item(points=150), mall.buyer(1000)

    answer = api.post("mall/orders", body(mall, item, member) | changes)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_addresses_are_masked_without_the_scope(mall, api):
    made = order(api, mall, mall.item())
    plain = api_client(mall.shop, "points:read").get(f"mall/orders/{made['id']}").json()

    assert made["address"]["street"] == HOME.street
    assert plain["address"] == {
        "recipient": "林**",
        "phone": "****0001",
        "region": HOME.region,
        "street": "****",
        "postcode": "",
    }


def test_another_brands_orders_are_not_found(mall, api):
    made = order(api, mall, mall.item())
    sister = api_client(make_sister_brand(mall.shop, "sister"))

    assert sister.get(f"mall/orders/{made['id']}").status_code == 404
    assert sister.post(f"mall/orders/{made['id']}/cancel").status_code == 404
    assert sister.get(f"members/{made['member']}/mall/orders").json()["items"] == []


def test_an_order_is_paid_sent_and_refunded(mall, api):
    made = order(api, mall, mall.item(cash=990))
    path = f"mall/orders/{made['id']}"
    assert made["status"] == "awaiting_payment"

    assert api.post(f"{path}/ship", {"carrier": "SF", "tracking": "1"}).status_code == 409
    paid = api.post(f"{path}/pay", {"reference": "till 7"}).json()
    sent = api.post(f"{path}/ship", {"carrier": "SF", "tracking": "SF1001"}).json()
    refunded = api.post(f"{path}/refund", {"reason": "broken", "restock": False}).json()

    assert (paid["status"], paid["payment"]["amount"]) == ("to_ship", 990)
    assert (sent["status"], sent["tracking"]) == ("shipped", "SF1001")
    assert (refunded["status"], refunded["payment"]["state"]) == ("refunded", "refund_due")
    reader = api_client(mall.shop, "points:read")
    assert reader.get(path).json()["tracking"] == "****1001"
    assert reader.post(f"{path}/cancel").status_code == 403


def test_an_order_is_cancelled_once(mall, api):
    made = order(api, mall, mall.item())

    answers = [api.post(f"mall/orders/{made['id']}/cancel") for _ in range(2)]

    assert [answer.json()["status"] for answer in answers] == ["cancelled", "cancelled"]


def test_a_till_collects_by_code_and_takes_a_slip_back(mall, api):
    from points.mall import selectors

    item = mall.item(ships=False, collects=True)
    mall.store(item, "hz", 2)
    made = order(api, mall, item, store="hz", delivery="collect")
    member_id = members_selectors.resolve(
        public_id=made["member"], programme_id=mall.shop.programme.id
    )
    row = selectors.list_orders(member_ids=[member_id], programme_id=mall.shop.programme.id)
    code = row.orders[0].collect_code

    found = api.get("mall/orders", {"collect_code": f"{code[:5]}-{code[5:].lower()}"}).json()
    assert [one["id"] for one in found["items"]] == [made["id"]]
    path = f"mall/orders/{made['id']}"
    wrong = api.post(f"{path}/collect", {"code": "AAAAAAAAAA"})
    assert wrong.json()["code"] == "mall.collect_code_wrong"
    done = api.post(f"{path}/collect", {"code": code, "store": "hz"}).json()
    twice = api.post(f"{path}/collect", {"code": code, "store": "hz"})
    back = api.post(f"{path}/uncollect", {"reason": "wrong customer"}).json()

    assert (made["status"], done["status"]) == ("to_collect", "collected")
    assert (twice.status_code, twice.json()["code"]) == (409, "mall.collected_already")
    assert back["status"] == "to_collect"
    assert api.get("mall/orders", {"collect_code": "AAAAAAAAAA"}).json()["items"] == []
    assert not made.get("collect_code")


def test_the_list_costs_the_same_for_many_items(mall, api, django_assert_num_queries):
    member = members_selectors.public_id(mall.buyer())
    for _ in range(8):
        mall.item(limit_count=3)
    query = {"member": member}
    api.get("mall/items", query)
    later = clock.now() + timedelta(minutes=1)

    # Member, merged ids, items, pictures, balance, tiers, what they had.
    with django_assert_num_queries(7):
        told = api.get("mall/items", query).json()
    assert all(one["eligibility"]["allowance"] == 3 for one in told["items"])
    assert later
