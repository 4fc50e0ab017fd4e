"""Shelves and buyers for tests."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from members import selectors as members_selectors
from members import services as members_services
from members.programmes import services as programmes_services
from members.types import Label
from points import services as points_services
from points.mall import selectors, services
from points.mall.types import Address, Item, ItemDraft, ItemKind, Order, Placed
from points.types import Earn
from tests.factories.members import make_member
from tests.factories.programmes import Shop, make_shop

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
ACTOR, REASON = "staff:1", "test"
HOME = Address(recipient="林小雨", phone="13900000001", region="浙江省杭州市", street="武林路 1 号")
_number = itertools.count(1)


def png(width: int = 640, height: int = 480, color: str = "teal", **more: Any) -> bytes:
    """Return a small picture file."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, more.pop("format", "PNG"), **more)
    return out.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mall:
    """A shop with a mall, and short ways to use it."""

    shop: Shop

    def item(self, *, stock: int = 10, publish: bool = True, **changes: Any) -> Item:
        """Put an item on the shelf."""
        number = next(_number)
        values: dict[str, Any] = {
            "code": f"item-{number}",
            "kind": ItemKind.PHYSICAL,
            "name_zh": "随行杯",
            "name_en": "Travel mug",
            "points": 100,
            **changes,
        }
        draft = ItemDraft(**values)
        item_id = services.create_item(
            programme_id=self.shop.programme.id, draft=draft, actor=ACTOR, reason=REASON, now=NOON
        )
        made = selectors.get_item(item_id=item_id)
        if made.kind is ItemKind.PHYSICAL:
            picture = png(color=f"#{number % 0xFFFFFF:06x}")
            services.add_picture(
                item_id=item_id, content=picture, actor=ACTOR, reason=REASON, now=NOON
            )
            if stock and made.ships:
                self.stock(made, stock)
        elif made.has_codes and stock:
            self.codes(made, *(f"CODE-{number}-{place}" for place in range(stock)))
        if publish:
            services.publish_item(item_id=item_id, actor=ACTOR, reason=REASON, now=NOON)
        return selectors.get_item(item_id=item_id)

    def stock(self, item: Item, change: int, store_id: int | None = None) -> int:
        return services.move_stock(
            item_id=item.id,
            change=change,
            store_id=store_id,
            actor=ACTOR,
            reason=REASON,
            now=NOON,
        )

    def store(self, item: Item, code: str, stock: int) -> int:
        """Open a store, with some of an item in it; return its id."""
        store = programmes_services.create_store(
            brand_id=self.shop.brand.id, code=code, name=f"{code} 店"
        )
        self.stock(item, stock, store.id)
        return store.id

    def codes(self, item: Item, *codes: str, now: datetime = NOON) -> Any:
        return services.upload_codes(
            item_id=item.id,
            content="\n".join(codes).encode(),
            file_name="codes.csv",
            actor=ACTOR,
            reason=REASON,
            now=now,
        )

    def buyer(self, points: int = 1000, *, balance: int = 0, tier: str = "") -> int:
        """Enrol a member with points to spend."""
        member_id = make_member(self.shop, now=NOON)
        self.give(member_id, points)
        if balance:
            self.give(member_id, balance, currency="balance")
        if tier:
            label = Label(member_id=member_id, kind="tier", code=tier)
            members_services.set_labels(labels=[label], now=NOON)
        return member_id

    def give(self, member_id: int, points: int, **more: Any) -> None:
        if points:
            number = next(_number)
            values: dict[str, Any] = {
                "member_id": member_id,
                "programme_id": self.shop.programme.id,
                "key": f"gift:{number}",
                "source": f"gift:{number}",
                "occurred_at": NOON,
                "points": points,
                **more,
            }
            points_services.post(command=Earn(**values), now=NOON)

    def order(self, item: Item, member_id: int, **more: Any) -> Order:
        return self.place(item, member_id, **more).order

    def place(self, item: Item, member_id: int, **more: Any) -> Placed:
        if item.kind is ItemKind.PHYSICAL and "store_id" not in more:
            more.setdefault("address", HOME)
        values: dict[str, Any] = {
            "idempotency_key": f"key:{next(_number)}",
            "now": NOON,
            **more,
        }
        return services.place_order(
            member_id=member_id,
            storefront=self.shop.storefront,
            item_id=item.id,
            actor=f"member:{members_selectors.public_id(member_id)}",
            **values,
        )


def make_mall(**shop: Any) -> Mall:
    """Open a shop with a mall."""
    return Mall(shop=make_shop(**shop))
