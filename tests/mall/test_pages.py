"""The mall in the member center: forms alone carry an order from the shelf to the door."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from config.kernel import clock
from members.models import Member
from points.mall import models, selectors, services
from points.mall.types import CODE_STOCK, ItemKind, OrderStatus
from tests.factories.mall import HOME, Mall
from tests.factories.orders import make_earning_shop
from tests.factories.story import make_user

ADDRESS = HOME.as_json()


@pytest.fixture
def mall(db: None) -> Mall:
    return Mall(shop=make_earning_shop())


@pytest.fixture
def buyer(mall: Mall) -> int:
    member_id = mall.buyer(1000)
    make_user(member_id)
    return member_id


def browse(member_id: int, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    user = Member.objects.get(pk=member_id).user
    assert user is not None
    client.force_login(user)
    return client


def hidden(html: str) -> dict[str, str]:
    """Return what a form sends by itself."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def order(client: Client, item: Any, **fields: Any) -> Any:
    """Go from the item through checkout and confirmation; return the order's page."""
    path = f"/mall/items/{item.public_id}/order"
    page = client.get(path, {"quantity": "1"})
    assert page.status_code == 200, page.content
    asked = client.post(path, hidden(page.content.decode()) | {"quantity": "1"} | fields)
    assert asked.status_code == 200, asked.content.decode()
    sent = hidden(asked.content.decode()) | {"confirmed": "1"}
    return client.post(path, sent, follow=True), sent


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_shelf_shows_what_is_open_and_why_the_rest_is_not(mall, buyer, language):
    mall.item(name_zh="杯子", name_en="Mug", points=200, stock=3)
    mall.item(name_zh="壶", name_en="Pot", points=1500)
    mall.item(name_zh="巾", name_en="Scarf", tiers=("gold",))
    mall.item(name_zh="空", name_en="Gone", stock=0)

    html = browse(buyer, language).get("/mall").content.decode()

    words = {
        "en": ("Mug", "200 points", "Only 3 left", "500 points more", "Tier only", "Sold out"),
        "zh-hans": ("杯子", "200 积分", "仅剩 3 件", "还差 500 积分", "等级专享", "已兑完"),
    }[language]
    for word in words:
        assert word in html


def test_filters_narrow_the_shelf_without_a_new_page(mall, buyer):
    mall.item(name_en="Mug", points=200)
    mall.item(name_en="Pot", points=1500)
    mall.item(name_en="Ticket", kind=ItemKind.TICKET)
    client = browse(buyer)

    mine = client.get("/mall?show=mine", headers={"HX-Target": "shelf", "HX-Request": "true"})
    tickets = client.get("/mall?show=ticket").content.decode()

    assert "<html" not in mine.content.decode()
    assert "HX-Request" in mine["Vary"]
    assert "Mug" in mine.content.decode()
    assert "Pot" not in mine.content.decode()
    assert "Ticket" in tickets
    assert "Mug" not in tickets
    assert client.get("/mall?show=%00nonsense").status_code == 200


def test_an_empty_mall_says_what_to_do(mall, buyer):
    assert "shelf is being filled" in browse(buyer).get("/mall").content.decode()


def test_an_item_says_what_is_missing_and_what_would_help(mall, buyer):
    later = mall.item(on_sale_from=clock.now() + timedelta(days=2), points=1600, tiers=("gold",))

    html = browse(buyer).get(f"/mall/items/{later.public_id}").content.decode()

    assert "Starts soon" in html
    assert "For Gold" in html
    assert "600 points short" in html
    assert "Redeem</button>" not in html


def test_strangers_sign_in_first_and_drafts_are_not_found(mall, buyer):
    draft = mall.item(publish=False)

    assert Client().get("/mall").status_code == 302
    assert browse(buyer).get(f"/mall/items/{draft.public_id}").status_code == 404
    assert browse(buyer).get("/mall/items/itm_nonsense").status_code == 404


def test_a_thing_is_ordered_to_an_address_and_a_double_click_orders_once(mall, buyer):
    item, client = mall.item(points=300), browse(buyer)

    page, sent = order(client, item, quantity="2", **ADDRESS)
    again = client.post(f"/mall/items/{item.public_id}/order", sent, follow=True)

    assert models.Order.objects.count() == 1
    for answer in (page, again):
        html = answer.content.decode()
        assert "It is yours!" in html
        assert "Being packed" in html
        assert HOME.street in html
    assert selectors.find_latest_address(member_ids=[buyer]) == HOME
    prefilled = client.get(f"/mall/items/{item.public_id}/order").content.decode()
    assert f'value="{HOME.street}"' in prefilled
    assert "×&nbsp;2" in html or "× 2" in client.get("/mall/orders").content.decode()


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(mall, buyer):
    item, client = mall.item(), browse(buyer)
    path = f"/mall/items/{item.public_id}/order"

    answer = client.post(path, ADDRESS | {"quantity": "0", "phone": "abc", "street": ""})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "One at least." in html
    assert "please check it" in html
    assert "Please fill this in." in html
    assert HOME.region in html
    for wrong in ("", "x", "99999999999999999999", "101"):
        assert client.post(path, ADDRESS | {"quantity": wrong}).status_code == 422


def test_the_confirmation_says_what_will_be_left_or_short(mall, buyer):
    item, client = mall.item(points=400), browse(buyer)
    path = f"/mall/items/{item.public_id}/order"

    right = client.post(path, ADDRESS | {"quantity": "2"}).content.decode()
    short = client.post(path, ADDRESS | {"quantity": "3"}).content.decode()

    assert "800 points" in right
    assert "will have 200 left" in right
    assert "200 points short for so many" in short
    assert 'name="confirmed"' not in short
    assert not models.Order.objects.exists()
    changed = client.post(path, ADDRESS | {"quantity": "2", "change": "1"})
    assert (changed.status_code, 'name="street"' in changed.content.decode()) == (200, True)


def test_what_changes_meanwhile_is_said_and_nothing_is_taken(mall, buyer):
    item, client = mall.item(points=300, stock=1), browse(buyer)
    path = f"/mall/items/{item.public_id}/order"
    asked = client.post(path, ADDRESS | {"quantity": "1"}).content.decode()
    services.change_item(
        item_id=item.id, changes={"points": 400}, actor="x", reason="x", now=clock.now()
    )

    dearer = client.post(path, hidden(asked) | {"confirmed": "1"})
    mall.order(item, mall.buyer())
    gone = client.post(path, hidden(asked) | {"confirmed": "1", "version": "2"})

    assert dearer.status_code == 409
    assert "price has changed" in dearer.content.decode()
    assert (gone.status_code, "Sold out" in gone.content.decode()) == (409, True)
    assert "notice-bad" in gone.content.decode()
    assert models.Order.objects.filter(member_id=buyer).count() == 0


def test_an_item_that_is_not_open_leads_back_to_why(mall, buyer):
    item = mall.item(points=1001)

    answer = browse(buyer).get(f"/mall/items/{item.public_id}/order")

    assert (answer.status_code, answer["Location"]) == (302, f"/mall/items/{item.public_id}")


def test_much_is_spent_with_a_second_proof_alone(mall, buyer):
    mall.give(buyer, 50_000)
    item, client = mall.item(points=10_001), browse(buyer)
    path = f"/mall/items/{item.public_id}/order"

    for answer in (
        client.get(path),
        client.post(path, ADDRESS | {"quantity": "1", "confirmed": "1"}),
    ):
        assert answer.status_code == 302
        assert "/me/security/proof" in answer["Location"]
    assert not models.Order.objects.exists()
    cheap = mall.item(points=10_000)
    assert client.get(f"/mall/items/{cheap.public_id}/order").status_code == 200
    two = client.get(f"/mall/items/{cheap.public_id}/order?quantity=2")
    assert two.status_code == 302


def test_codes_are_shown_when_asked_for_and_only_to_their_member(mall, buyer):
    item = mall.item(kind=ItemKind.COUPON, issuer=CODE_STOCK, stock=0)
    mall.codes(item, "SECRET-CODE-1")
    client = browse(buyer)
    page, _sent = order(client, item)
    assert "SECRET-CODE-1" not in page.content.decode()
    path = page.redirect_chain[-1][0].partition("?")[0]

    assert client.get(f"{path}/codes").status_code == 405
    shown = client.post(f"{path}/codes")
    other = mall.buyer()
    make_user(other)

    assert "SECRET-CODE-1" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert browse(other).post(f"{path}/codes").status_code == 404
    assert browse(other).get(path).status_code == 404
    assert "SECRET-CODE-1" not in client.get(path).content.decode()


def test_a_store_keeps_it_and_its_code_is_a_picture_and_letters(mall, buyer):
    item = mall.item(ships=False, collects=True)
    store = mall.store(item, "hz", 2)
    client = browse(buyer)

    page, _sent = order(client, item, store=str(store))

    html = page.content.decode()
    row = models.Order.objects.get()
    assert f"{row.collect_code[:5]} {row.collect_code[5:]}" in html
    assert "<svg" in html
    assert "hz 店" in html
    without = client.post(f"/mall/items/{item.public_id}/order", {"quantity": "1"})
    assert (without.status_code, "Choose the store" in without.content.decode()) == (422, True)


def test_points_and_cash_are_paid_from_stored_value(mall, buyer):
    item, client = mall.item(cash=990), browse(buyer)
    page, _sent = order(client, item, **ADDRESS)
    path = page.redirect_chain[-1][0].partition("?")[0]
    assert "¥9.90 to pay" in page.content.decode()
    assert "at the till" in page.content.decode()
    refused = client.post(f"{path}/pay", follow=True)
    assert "Not enough points" in refused.content.decode()

    mall.give(buyer, 1000, currency="balance")
    assert "from my stored value" in client.get(path).content.decode()
    paid = client.post(f"{path}/pay", follow=True).content.decode()

    assert "It is yours!" in paid
    assert models.Order.objects.get().status == OrderStatus.TO_SHIP


def test_an_order_whose_time_to_pay_is_over_says_so_before_the_task_has_come(mall, buyer):
    late = clock.now() - timedelta(hours=1)
    made = mall.order(mall.item(cash=990), buyer, now=late)

    html = browse(buyer).get(f"/mall/orders/{made.public_id}").content.decode()

    assert "Not paid in time" in html
    assert "order anew" in html
    assert "Cancel this order" not in html


def test_an_order_is_cancelled_or_received_by_its_member(mall, buyer):
    item, client = mall.item(), browse(buyer)
    paths = []
    for _ in range(2):
        page, _sent = order(client, item, **ADDRESS)
        paths.append(page.redirect_chain[-1][0].partition("?")[0])

    cancelled = client.post(f"{paths[0]}/cancel", follow=True).content.decode()
    row = models.Order.objects.order_by("-id").first()
    services.ship_order(
        member_id=buyer,
        order_id=row.pk,
        carrier="SF",
        tracking="SF42",
        actor="x",
        now=clock.now(),
    )
    sent = client.get(paths[1]).content.decode()
    received = client.post(f"{paths[1]}/received", follow=True).content.decode()

    assert "Your points are back" in cancelled
    assert "SF42" in sent
    assert "Received" in received
    late = client.post(f"{paths[1]}/cancel")
    assert late.status_code == 409


def test_the_statement_speaks_of_what_was_redeemed(mall, buyer):
    client = browse(buyer)
    page, _sent = order(client, mall.item(name_en="Travel mug"), **ADDRESS)
    path = page.redirect_chain[-1][0].partition("?")[0]
    client.post(f"{path}/cancel")

    html = client.get("/points").content.decode()

    assert "For Travel mug, from the mall." in html
    assert "Travel mug was cancelled or refunded." in html
    assert 'href="/mall"' in html


def test_pages_cost_the_same_however_much_there_is(mall, buyer, django_assert_max_num_queries):
    client = browse(buyer)
    for _ in range(6):
        mall.order(mall.item(limit_count=3), buyer)
    client.get("/mall")
    client.get("/mall/orders")

    # Session, user, member with contacts and merged ids, then the shelf's own seven.
    with django_assert_max_num_queries(15):
        client.get("/mall")
    with django_assert_max_num_queries(10):
        client.get("/mall/orders")
