"""Orders: the price exactly, the stock exactly, all or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.kernel.models import OutboxEvent
from members.models import Member
from points import selectors as points_selectors
from points import services as points_services
from points.mall import models, selectors, services
from points.mall.types import (
    CODE_STOCK,
    Bar,
    Delivery,
    ItemKind,
    OrderStatus,
    Period,
)
from tests.factories.mall import ACTOR, HOME, NOON, REASON, Mall

DAY = timedelta(days=1)


def available(mall: Mall, member_id: int, currency: str = "points", at=NOON) -> int:
    balance = points_selectors.get_balance(
        member_id=member_id, programme_id=mall.shop.programme.id, currency=currency, at=at, now=at
    )
    return balance.available


def events() -> list[str]:
    rows = OutboxEvent.objects.filter(name__startswith="mall.").order_by("id")
    return [row.name.removeprefix("mall.").removesuffix(".v1") for row in rows]


def test_an_order_takes_its_price_and_a_piece(mall):
    item, member = mall.item(points=300, stock=5), mall.buyer(1000)

    order = mall.order(item, member, quantity=2)

    assert order.status is OrderStatus.TO_SHIP
    assert (order.points, order.cash, order.price_version) == (600, 0, 1)
    assert order.number == f"M261120{order.id % 1_000_000:06d}"
    assert available(mall, member) == 400
    assert selectors.get_item(item_id=item.id).left == 3
    assert events() == ["ordered"]


def test_h16_the_price_charged_is_exactly_the_price(mall):
    item, member = mall.item(points=300), mall.buyer(299)

    with pytest.raises(points_services.InsufficientPointsError):
        mall.order(item, member)

    assert available(mall, member) == 299
    assert selectors.get_item(item_id=item.id).left == 10
    assert not models.Order.objects.exists()
    assert events() == []


def test_the_same_key_orders_once(mall):
    item, member = mall.item(), mall.buyer()

    first = mall.place(item, member, idempotency_key="k")
    again = mall.place(item, member, idempotency_key="k")

    assert (first.created, again.created) == (True, False)
    assert again.order == first.order
    assert available(mall, member) == 900
    with pytest.raises(services.KeyReusedError):
        mall.place(item, member, idempotency_key="k", quantity=2)


def test_what_is_sold_out_is_refused_and_takes_nothing(mall):
    item, member = mall.item(stock=1), mall.buyer()
    mall.order(item, mall.buyer())

    with pytest.raises(services.SoldOutError):
        mall.order(item, member)
    with pytest.raises(services.SoldOutError):
        mall.order(mall.item(stock=2), member, quantity=3)

    assert available(mall, member) == 1000


def test_a_price_is_kept_with_the_order_and_agreed_to(mall):
    item, member = mall.item(points=100), mall.buyer()
    before = mall.order(item, member, price_version=1)
    services.change_item(
        item_id=item.id, changes={"points": 150}, actor=ACTOR, reason=REASON, now=NOON
    )

    with pytest.raises(services.PriceChangedError):
        mall.order(item, member, price_version=1)
    after = mall.order(item, member, price_version=2)

    assert (before.points, before.price_version) == (100, 1)
    assert (after.points, after.price_version) == (150, 2)
    assert [price.points for price in models.Price.objects.order_by("version")] == [100, 150]


def test_an_item_is_sold_in_its_time_only(mall):
    item = mall.item(on_sale_from=NOON, on_sale_until=NOON + DAY)
    member = mall.buyer()

    for moment in (NOON - timedelta(microseconds=1), NOON + DAY):
        with pytest.raises(services.NotOnSaleError):
            mall.order(item, member, now=moment)

    assert mall.order(item, member, now=NOON + DAY - timedelta(microseconds=1))


def test_drafts_and_other_programmes_items_are_unknown(mall, db):
    from tests.factories.mall import make_mall

    other = make_mall(code="other")
    member = mall.buyer()

    for item in (mall.item(publish=False), other.item()):
        with pytest.raises(services.UnknownItemError):
            mall.order(item, member)
    with pytest.raises(services.UnknownItemError):
        services.place_order(
            member_id=member,
            storefront=mall.shop.storefront,
            item_id=10**9,
            idempotency_key="x",
            actor=ACTOR,
            now=NOON,
        )


def test_an_ended_item_is_not_sold(mall):
    item = mall.item()
    services.end_item(item_id=item.id, actor=ACTOR, reason=REASON, now=NOON)

    with pytest.raises(services.NotOnSaleError):
        mall.order(item, mall.buyer())


def test_only_its_tiers_get_a_tier_item(mall):
    item = mall.item(tiers=("gold", "diamond"))

    with pytest.raises(services.TierRequiredError) as refusal:
        mall.order(item, mall.buyer(tier="silver"))
    assert refusal.value.hindrance.tiers == ("diamond", "gold")
    assert mall.order(item, mall.buyer(tier="gold"))


def test_a_closed_membership_orders_nothing(mall):
    item, member = mall.item(), mall.buyer()
    Member.objects.filter(pk=member).update(status="frozen")

    with pytest.raises(services.MemberClosedError):
        mall.order(item, member)


@pytest.mark.parametrize(
    ("per", "later"),
    [
        (Period.DAY, timedelta(hours=12)),
        (Period.WEEK, timedelta(days=3)),
        (Period.MONTH, timedelta(days=11)),
        (Period.YEAR, timedelta(days=42)),
    ],
)
def test_h15_a_limit_counts_by_the_programmes_calendar(mall, per, later):
    item, member = mall.item(limit_count=2, limit_per=per), mall.buyer()
    mall.order(item, member, quantity=2)

    with pytest.raises(services.MemberLimitError) as refusal:
        mall.order(item, member)
    again = refusal.value.hindrance.at

    assert again is not None
    assert NOON < again <= NOON + later
    with pytest.raises(services.MemberLimitError):
        mall.order(item, member, now=again - timedelta(microseconds=1))
    assert mall.order(item, member, now=again)


def test_a_cancelled_order_does_not_count_and_a_changed_limit_holds_at_once(mall):
    item, member = mall.item(limit_count=1), mall.buyer()
    first = mall.order(item, member)
    services.cancel_order(member_id=member, order_id=first.id, why="member", actor=ACTOR, now=NOON)
    mall.order(item, member)

    with pytest.raises(services.MemberLimitError):
        mall.order(item, member)
    changes = {"limit_count": 2, "limit_per": Period.YEAR}
    services.change_item(item_id=item.id, changes=changes, actor=ACTOR, reason=REASON, now=NOON)
    assert mall.order(item, member)
    with pytest.raises(services.MemberLimitError):
        mall.order(item, member)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"address": None}, services.AddressInvalidError),
        ({"delivery": Delivery.CODE}, services.DeliveryInvalidError),
        ({"delivery": Delivery.COLLECT}, services.DeliveryInvalidError),
        ({"quantity": 0}, services.DeliveryInvalidError),
        ({"quantity": 100}, services.DeliveryInvalidError),
    ],
)
def test_what_cannot_reach_the_member_is_refused(mall, changes, error):
    item, member = mall.item(), mall.buyer()

    with pytest.raises(error):
        mall.order(item, member, **changes)

    assert available(mall, member) == 1000


def test_codes_are_given_out_at_once_and_once(mall):
    item = mall.item(kind=ItemKind.VIRTUAL, stock=3)
    member = mall.buyer()

    order = mall.order(item, member, quantity=2)
    other = mall.order(item, mall.buyer())

    assert order.status is OrderStatus.DELIVERED
    mine = services.reveal_codes(member_id=member, order_id=order.id, now=NOON)
    rest = services.reveal_codes(member_id=other.member_id, order_id=other.id, now=NOON)
    assert len({*mine, *rest}) == 3
    with pytest.raises(services.SoldOutError):
        mall.order(item, member)


def test_the_shops_own_coupons_are_codes(mall):
    item = mall.item(kind=ItemKind.COUPON, issuer=CODE_STOCK, stock=1)

    order = mall.order(item, mall.buyer())

    assert (order.status, order.delivery) == (OrderStatus.DELIVERED, Delivery.CODE)


def test_lottery_tickets_are_credited_on_the_ledger(mall):
    item, member = mall.item(kind=ItemKind.TICKET, tickets=3, points=10), mall.buyer()

    order = mall.order(item, member, quantity=2)

    assert order.status is OrderStatus.DELIVERED
    assert available(mall, member, "tickets") == 6
    assert available(mall, member) == 980
    assert selectors.get_item(item_id=item.id).left is None


class FakeIssuer:
    """Issues coupons named after their source."""

    title = "fake"

    def __init__(self):
        self.used = False

    def list_choices(self, *, programme_id, now):
        return [services.Choice(template="ten-off", name_zh="立减十元", name_en="10 off")]

    def issue(self, *, member_id, template, count, source, now):
        return [f"cpn_{template}_{place}" for place in range(count)]

    def take_back(self, *, member_id, source, now):
        return not self.used


@pytest.fixture
def issuer():
    fake = FakeIssuer()
    services.register_issuer(slug="fake", issuer=fake)
    yield fake
    services.forget_issuer(slug="fake")


def test_a_registered_issuer_issues_the_coupon(mall, issuer):
    item = mall.item(kind=ItemKind.COUPON, issuer="fake", template="ten-off")

    order = mall.order(item, mall.buyer(), quantity=2)

    row = models.Order.objects.get(id=order.id)
    assert row.issued == ["cpn_ten-off_0", "cpn_ten-off_1"]


def test_used_coupons_cannot_be_refunded(mall, issuer):
    item = mall.item(kind=ItemKind.COUPON, issuer="fake", template="ten-off")
    member = mall.buyer()
    order = mall.order(item, member)
    issuer.used = True
    names = {"member_id": member, "order_id": order.id}

    with pytest.raises(services.TicketsUsedError):
        services.refund_order(**names, restock=True, actor=ACTOR, reason=REASON, now=NOON)
    issuer.used = False
    services.refund_order(**names, restock=True, actor=ACTOR, reason=REASON, now=NOON)

    assert available(mall, member) == 1000


def test_offers_tell_what_stands_between_a_member_and_an_item(mall):
    items = [
        mall.item(sort=1, points=5000),
        mall.item(sort=2, stock=0),
        mall.item(sort=3, tiers=("gold",)),
        mall.item(sort=4, on_sale_from=NOON + DAY),
        mall.item(sort=5, limit_count=1),
        mall.item(sort=6, limit_count=3),
    ]
    member = mall.buyer(1000, tier="silver")
    mall.order(items[4], member)
    mall.order(items[5], member)

    shelf = selectors.list_items(programme_id=mall.shop.programme.id, at=NOON)
    offers = selectors.list_offers(items=shelf, member_id=member, at=NOON)

    assert [[one.bar for one in offer.hindrances] for offer in offers] == [
        [Bar.POINTS],
        [Bar.SOLD_OUT],
        [Bar.TIER],
        [Bar.STARTS_LATER],
        [Bar.LIMIT],
        [],
    ]
    assert offers[0].first.missing == 4200
    assert offers[5].allowance == 2


def test_addresses_are_not_in_the_tables(mall):
    order = mall.order(mall.item(), mall.buyer())

    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT mall_order::text FROM mall_order")
        told = cursor.fetchone()[0]
    assert order.address == HOME
    for part in (HOME.recipient, HOME.phone, HOME.street):
        assert part not in told
        assert part.encode().hex() not in told
