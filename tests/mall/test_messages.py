"""What members are told of their orders, in their language."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.kernel import relay
from members.models import Member
from messaging.models import LocalMessage
from points.mall import services
from points.mall.types import ItemKind
from tests.factories.mall import ACTOR, NOON, REASON
from tests.mall.test_taking_back import cancel, refund, ship


def told() -> list[tuple[str, str]]:
    relay.drain(now=NOON)
    rows = LocalMessage.objects.filter(template__startswith="mall_").order_by("id")
    return [(row.template, row.body) for row in rows]


@pytest.fixture
def english(mall) -> int:
    member: int = mall.buyer()
    Member.objects.filter(pk=member).update(locale="en")
    return member


def test_an_order_and_its_parcel_are_told(mall, english):
    order = mall.order(mall.item(), english)
    ship(order, tracking="SF42")

    [ordered, shipped] = told()

    assert order.number in ordered[1]
    assert "SF42" in shipped[1]
    assert LocalMessage.objects.filter(kind="transaction").count() == 2


def test_chinese_members_read_chinese(mall):
    mall.order(mall.item(), mall.buyer())

    [(_template, body)] = told()

    assert "我们" in body


def test_the_collection_code_comes_along_and_the_gift_code_does_not(mall, english):
    item = mall.item(ships=False, collects=True)
    store = mall.store(item, "hz", 1)
    collected = mall.order(item, english, store_id=store)
    codes = mall.item(kind=ItemKind.VIRTUAL, stock=0)
    mall.codes(codes, "SECRET-1")
    mall.order(codes, english)

    bodies = [body for _template, body in told()]

    assert collected.collect_code in bodies[0]
    assert "SECRET-1" not in bodies[1]


def test_what_awaits_payment_says_until_when(mall, english):
    mall.order(mall.item(cash=990), english)
    services.return_unpaid(now=NOON + timedelta(hours=1))

    [ordered, cancelled] = told()

    assert "12:30" in ordered[1]
    assert "100 points" in cancelled[1]


def test_who_cancels_is_not_told_what_they_did(mall, english):
    cancel(mall.order(mall.item(), english))
    refunded = mall.order(mall.item(), english)
    ship(refunded)
    refund(refunded, actor=ACTOR, reason=REASON)

    templates = [template for template, _body in told()]

    assert templates == ["mall_ordered", "mall_ordered", "mall_shipped", "mall_refunded"]
