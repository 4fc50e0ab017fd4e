"""The mall's screens: from an empty shelf to a parcel, by an operator's hands alone."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from config.kernel import clock
from config.kernel.models import AuditRecord
from points.mall import models, selectors
from points.mall.types import CODE_STOCK, ItemKind
from tests.console.conftest import operator
from tests.factories.mall import HOME, Mall, png
from tests.factories.orders import make_earning_shop

WHY = {"reason": "spring"}


@pytest.fixture
def mall(db: None) -> Mall:
    return Mall(shop=make_earning_shop())


def act(obj: Any, what: str) -> str:
    key = f"{obj.member_id}-{obj.id}" if hasattr(obj, "member_id") else obj.id
    name = "order" if hasattr(obj, "member_id") else "item"
    return reverse(f"admin:mall_{name}_{what}", args=[key])


FORM = {
    "code": "mug",
    "kind": "physical",
    "name_zh": "杯子",
    "name_en": "Mug",
    "points": "300",
    "cash": "9.90",
    "ships": "on",
    "limit_count": "2",
    "limit_per": "month",
    "tiers": ["gold"],
    "on_sale_from": "2026-11-20T10:00",
    **WHY,
}


def test_an_item_is_written_down_given_a_picture_and_published(mall):
    client = operator("en")
    new = reverse("admin:mall_item_new", args=[mall.shop.programme.id])
    opened = client.get(new).content.decode()
    assert 'value="gold"' in opened

    answer = client.post(new, FORM)
    item = selectors.find_item_by_code(programme_id=mall.shop.programme.id, code="mug")

    assert answer.status_code == 302, answer.content.decode()
    assert (item.points, item.cash, item.tiers) == (300, 990, ("gold",))
    assert item.on_sale_from.isoformat() == "2026-11-20T02:00:00+00:00"
    early = client.post(act(item, "publish"), WHY).content.decode()
    assert "add a picture" in early

    picture = SimpleUploadedFile("a.png", png(), content_type="image/png")
    assert client.post(act(item, "picture"), {"picture": picture, **WHY}).status_code == 302
    assert client.post(act(item, "stock_move"), {"change": "12", "store": "", **WHY})
    assert client.post(act(item, "publish"), WHY).status_code == 302
    item = selectors.get_item(item_id=item.id)
    assert (item.status, item.left, len(item.pictures)) == ("published", 12, 1)
    shown = client.get(reverse("admin:mall_item_change", args=[item.id])).content.decode()
    assert item.pictures[0].small in shown
    assert "+12" in shown
    assert AuditRecord.objects.filter(action__startswith="mall.item").count() == 2


def test_an_item_is_edited_and_its_price_gets_a_version(mall):
    client, item = operator("en"), mall.item(points=100, cash=990)
    opened = client.get(act(item, "edit")).content.decode()
    assert 'value="9.90"' in opened
    assert 'name="code"' not in opened
    form = {key: value for key, value in FORM.items() if key not in ("code", "kind")}

    seen = client.post(act(item, "edit"), form | {"preview": "1"}).content.decode()
    done = client.post(act(item, "edit"), form)

    assert "300 points + 9.90 CNY" in seen
    assert done.status_code == 302
    assert selectors.get_item(item_id=item.id).price_version == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"points": "0"}, "greater than or equal to 1"),
        ({"cash": "-1"}, "greater than or equal to 0"),
        ({"cash": "1.999"}, "decimal places"),
        ({"ships": ""}, "It must be sent or collected"),
        ({"on_sale_until": "2026-11-19T10:00"}, "It must end after it starts."),
        ({"code": "two words"}, "valid"),
        ({"tiers": ["platinum"]}, "platinum is not one of the available choices"),
        ({"reason": ""}, "required"),
    ],
)
def test_what_is_wrong_with_an_item_is_said_at_its_field(mall, changes, said):
    new = reverse("admin:mall_item_new", args=[mall.shop.programme.id])

    answer = operator("en").post(new, FORM | changes)

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not models.Item.objects.exists()


def test_a_coupon_nobody_can_issue_is_not_published(mall):
    item = mall.item(kind=ItemKind.COUPON, issuer="benefits", template="x", publish=False)

    html = operator("zh-hans").post(act(item, "publish"), WHY).content.decode()

    assert "目前没有谁能发放这张优惠券" in html


def test_a_bad_picture_is_refused_with_a_reason(mall):
    item = mall.item(publish=False)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    file = SimpleUploadedFile("a.png", svg, content_type="image/png")

    html = operator("en").post(act(item, "picture"), {"picture": file, **WHY}).content.decode()

    assert "Only JPEG, PNG and WebP" in html


def test_the_last_picture_of_a_published_thing_stays(mall):
    item, client = mall.item(), operator("en")
    url = reverse("admin:mall_item_remove_picture", args=[item.id, item.pictures[0].id])

    kept = client.post(url, WHY).content.decode()
    picture = SimpleUploadedFile("b.png", png(color="red"), content_type="image/png")
    client.post(act(item, "picture"), {"picture": picture, **WHY})

    assert "add another picture first" in kept
    assert client.post(url, WHY).status_code == 302
    assert len(selectors.get_item(item_id=item.id).pictures) == 1


def test_codes_are_uploaded_and_refused_lines_are_told(mall):
    item = mall.item(kind=ItemKind.COUPON, issuer=CODE_STOCK, stock=0)
    client = operator("en")
    file = SimpleUploadedFile("codes.csv", b"code\nAAA-1\nAAA-1\n\nBBB-2\n")

    answer = client.post(act(item, "upload"), {"file": file, **WHY}, follow=True)

    html = answer.content.decode()
    assert "2 codes were taken, 2 lines were not." in html
    upload = models.CodeUpload.objects.get()
    refused = client.get(reverse("admin:mall_item_refused", args=[upload.pk])).content.decode()
    assert "3,twice_in_file" in refused
    assert "4,empty" in refused
    assert "AAA-1" not in html


def test_orders_are_shipped_by_file(mall):
    item, client = mall.item(), operator("en")
    orders = [mall.order(item, mall.buyer()) for _ in range(3)]
    programme = {"programme": str(mall.shop.programme.id)}

    exported = client.post(reverse("admin:mall_order_export"), programme | WHY)
    rows = list(csv.reader(io.StringIO(exported.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [order.number for order in orders]
    assert HOME.street in rows[1]
    assert AuditRecord.objects.get(action="mall.to_ship_exported").after == {"orders": 3}

    lines = [
        rows[0],
        [orders[0].number, "SF", "SF1"],
        [orders[1].number, "SF", ""],
        ["M000000000000", "SF", "SF2"],
        [orders[2].number],
    ]
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    file = SimpleUploadedFile("ship.csv", out.getvalue().encode())
    html = client.post(reverse("admin:mall_order_ship_file"), programme | {"file": file})

    said = html.content.decode()
    assert "1 parcels are on their way" in said
    assert "Carrier or tracking number is missing" in said
    assert "There is no order with this number" in said
    assert "Number, carrier and tracking number are needed" in said
    assert models.Order.objects.filter(status="shipped").count() == 1


def test_formulas_in_addresses_do_not_run_in_spreadsheets(mall):
    from dataclasses import replace

    mall.order(mall.item(), mall.buyer(), address=replace(HOME, street='=HYPERLINK("x")'))
    form = {"programme": str(mall.shop.programme.id), **WHY}

    answer = operator().post(reverse("admin:mall_order_export"), form)

    assert "'=HYPERLINK" in answer.content.decode()


def test_an_order_goes_through_its_states_by_hand(mall):
    client = operator("en")
    order = mall.order(mall.item(cash=990), mall.buyer(), now=clock.now())
    record = reverse("admin:mall_order_change", args=[f"{order.member_id}-{order.id}"])
    assert "Confirm payment" in client.get(record).content.decode()

    client.post(act(order, "paid"), {"reference": "till 7"})
    client.post(act(order, "ship"), {"carrier": "SF", "tracking": "SF9"})
    late = client.post(act(order, "cancel"), WHY).content.decode()
    client.post(act(order, "refund"), WHY)
    html = client.get(record).content.decode()
    client.post(act(order, "refund_paid"), WHY)

    assert "not in a state that allows this" in late
    assert "to be given back" in html
    assert HOME.street not in html
    assert "SF9" not in html
    assert models.Payment.objects.get().state == "refunded"


def test_an_address_is_shown_for_a_reason_that_is_kept(mall):
    order = mall.order(mall.item(), mall.buyer())
    client = operator("en")

    asked = client.get(act(order, "address")).content.decode()
    shown = client.post(act(order, "address"), {"reason": "parcel came back"}).content.decode()

    assert HOME.street not in asked
    assert HOME.street in shown
    record = AuditRecord.objects.get(action="mall.address_revealed")
    assert (record.reason, record.actor[:6]) == ("parcel came back", "staff:")


def test_a_code_collects_once_and_a_slip_is_taken_back(mall):
    item = mall.item(ships=False, collects=True)
    store = mall.store(item, "hz", 1)
    order = mall.order(item, mall.buyer(), store_id=store)
    client, url = operator("en"), reverse("admin:mall_order_collect")
    form = {"programme": str(mall.shop.programme.id), "store": str(store)}

    wrong = client.post(url, form | {"code": "NOPE"}).content.decode()
    done = client.post(url, form | {"code": order.collect_code.lower()}, follow=True)
    twice = client.post(url, form | {"code": order.collect_code}).content.decode()
    back = client.post(act(order, "undo"), WHY)

    assert "collects nothing here" in wrong
    assert "Hand over: 1 × Travel mug" in done.content.decode()
    assert "This order has been collected" in twice
    assert back.status_code == 302
    assert models.Order.objects.get().status == "to_collect"


def test_lists_are_searched_by_number_and_cost_the_same(mall, django_assert_max_num_queries):
    item, client = mall.item(), operator("en")
    orders = [mall.order(item, mall.buyer()) for _ in range(6)]
    listing = reverse("admin:mall_order_changelist")

    found = client.get(listing, {"q": orders[2].number}).content.decode()

    assert orders[2].number in found
    assert orders[3].number not in found
    with django_assert_max_num_queries(15):
        client.get(listing)
    with django_assert_max_num_queries(15):
        client.get(reverse("admin:mall_item_changelist"))


def test_times_are_set_with_a_reason(mall):
    form = {
        "programme": str(mall.shop.programme.id),
        "pay_minutes": "10",
        "collect_days": "3",
        "undo_minutes": "5",
        **WHY,
    }

    operator().post(reverse("admin:mall_terms_set_terms"), form)

    terms = selectors.get_terms(programme_id=mall.shop.programme.id)
    assert (terms.pay_minutes, terms.collect_days, terms.undo_minutes) == (10, 3, 5)


def test_staff_without_rights_change_nothing(mall):
    order, item = mall.order(mall.item(), mall.buyer()), mall.item()
    client = operator(superuser=False)

    for url in (
        act(order, "ship"),
        act(order, "address"),
        act(item, "edit"),
        reverse("admin:mall_order_export"),
        reverse("admin:mall_item_new", args=[mall.shop.programme.id]),
    ):
        assert client.post(url, FORM).status_code in (302, 403)
    assert models.Order.objects.get().status == "to_ship"
    assert not AuditRecord.objects.filter(action="mall.address_revealed").exists()
