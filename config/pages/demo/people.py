"""The demo's members, one for each tier, with a year of orders behind them.

Orders are told to the settlement as a storefront would tell them, so points, growth, tiers
and their histories come about as in a real shop. Nothing is random: two loads on the same
day make the same shop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.kernel.errors import DomainError
from loyalty.settlement import services as settlement_services
from loyalty.settlement.types import Document
from members import selectors as member_selectors
from members import services as member_services
from members.commerce.types import EventReport, LineReport, OrderReport, RefundLineReport, Stage
from members.programmes import selectors as programme_selectors
from members.programmes.types import Storefront
from members.types import ContactKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A demo member: how they sign in, and their orders as (days ago, basket)."""

    nickname: str
    phone: str
    email: str | None
    tier: str
    orders: tuple[tuple[int, str], ...]


# sku: name, category, price in fen
GOODS = {
    "TEA-01": ("西湖龙井 125g", "food/tea", 28800),
    "TEA-02": ("茉莉花茶 100g", "food/tea", 6800),
    "CUP-01": ("青瓷盖碗", "home/teaware", 16900),
    "POT-01": ("紫砂壶", "home/teaware", 89900),
    "SILK-1": ("真丝方巾", "fashion/scarf", 45900),
    "COAT-1": ("羊绒大衣", "fashion/coat", 329900),
    "BAG-01": ("手工皮包", "fashion/bag", 219900),
    "SOAP-1": ("桂花手工皂", "care/soap", 3900),
}

BASKETS = {
    "small": (("TEA-02", 1), ("SOAP-1", 2)),
    "tea": (("TEA-01", 1), ("CUP-01", 2)),
    "gift": (("SILK-1", 1), ("TEA-01", 2), ("SOAP-1", 4)),
    "pot": (("POT-01", 1), ("TEA-01", 1)),
    "coat": (("COAT-1", 1),),
    "bag": (("BAG-01", 1), ("SILK-1", 1)),
    "spree": (("COAT-1", 2), ("BAG-01", 2), ("SILK-1", 3)),
}

PEOPLE = (
    Person(
        nickname="小雨",
        phone="+8613900000001",
        email="xiaoyu@example.com",
        tier="ordinary",
        orders=((3, "small"),),
    ),
    Person(
        nickname="阿明",
        phone="+8613900000002",
        email=None,
        tier="bronze",
        orders=((150, "pot"), (90, "gift"), (40, "tea"), (15, "pot"), (2, "small")),
    ),
    Person(
        nickname="Lily",
        phone="+8613900000003",
        email="lily@example.com",
        tier="silver",
        orders=((300, "coat"), (200, "bag"), (120, "coat"), (30, "tea"), (1, "gift")),
    ),
    Person(
        nickname="老陈",
        phone="+8613900000004",
        email=None,
        tier="gold",
        orders=((320, "spree"), (240, "coat"), (160, "coat"), (80, "coat"), (4, "bag")),
    ),
    Person(
        nickname="王女士",
        phone="+8613900000005",
        email="wang@example.com",
        tier="diamond",
        orders=((330, "spree"), (250, "spree"), (170, "spree"), (60, "spree"), (5, "coat")),
    ),
)

# The newest orders are on their way; older ones arrived four days after they were paid.
DELIVERY = timedelta(days=4)


class DemoRefusedError(RuntimeError):
    """The settlement refused a demo order: the demo and the product disagree."""


def are_there(*, storefront: Storefront) -> bool:
    """Tell whether the demo's members were enrolled before."""
    known = member_selectors.find_by_contact(
        programme_id=storefront.programme_id, kind=ContactKind.PHONE, address=PEOPLE[0].phone
    )
    return known is not None


def load_people(*, storefront: Storefront, now: datetime) -> int:
    """Enrol the demo's members and settle their orders; return how many orders there are."""
    documents: list[Document] = []
    stores = programme_selectors.list_stores(storefront.programme_id)
    for place, person in enumerate(PEOPLE, start=1):
        first = now - timedelta(days=max(days for days, _ in person.orders) + 1)
        member = member_services.enrol(
            programme_id=storefront.programme_id,
            storefront_id=storefront.id,
            phone=person.phone,
            email=person.email,
            nickname=person.nickname,
            attribution={"source": "demo"},
            # Every other one is at home in the store, so that its manager sees a part.
            home_store_id=stores[0].id if stores and place % 2 else None,
            now=first,
        )
        documents += _documents(person, place, member.member_id, storefront, now)
    for settled in settlement_services.settle(documents=documents, storefront=storefront, now=now):
        if isinstance(settled, DomainError):
            raise DemoRefusedError(settled.detail)
    return sum(isinstance(document, OrderReport) for document in documents)


def _documents(
    person: Person, place: int, member_id: int, storefront: Storefront, now: datetime
) -> Iterator[Document]:
    for number, (days, basket) in enumerate(person.orders, start=1):
        paid_at = now - timedelta(days=days)
        arrived = paid_at + DELIVERY <= now
        order = OrderReport(
            external_no=f"DEMO-{place}{number:02d}",
            member_id=member_id,
            placed_at=paid_at - timedelta(minutes=3),
            paid_at=paid_at,
            completed_at=paid_at + DELIVERY if arrived else None,
            status=Stage.COMPLETED if arrived else Stage.PAID,
            currency=storefront.currency,
            lines=tuple(_lines(basket)),
        )
        yield order
        if basket == "gift" and arrived:
            yield EventReport(
                order_no=order.external_no,
                kind=Stage.REFUNDED,
                occurred_at=paid_at + DELIVERY + timedelta(days=2),
                refund_no=f"RF-{place}{number:02d}",
                lines=(RefundLineReport(line_no=2, quantity=1),),
            )


def _lines(basket: str) -> Iterator[LineReport]:
    for line_no, (sku, quantity) in enumerate(BASKETS[basket], start=1):
        name, category, price = GOODS[sku]
        yield LineReport(
            line_no=line_no,
            sku=sku,
            name=name,
            category=category,
            brand="常客",
            quantity=quantity,
            unit_price=price,
        )
