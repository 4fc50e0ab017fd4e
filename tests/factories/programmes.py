"""Shops for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from members.programmes import selectors, services
from members.programmes.types import Brand, Programme, Storefront

OPENED = datetime(2010, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A programme with one brand and one storefront, all of the same code."""

    programme: Programme
    brand: Brand
    storefront: Storefront


def make_shop(code: str = "demo", currency: str = "CNY", timezone: str = "Asia/Shanghai") -> Shop:
    """Open a shop."""
    # Ids may come again after a rolled back test; what a process remembers must not.
    selectors.forget()
    programme = services.create_programme(
        code=code,
        name_zh=f"{code} 会员",
        name_en=f"{code} club",
        currency=currency,
        timezone=timezone,
        now=OPENED,
    )
    brand = services.create_brand(
        programme_id=programme.id, code=code, name_zh=f"{code} 品牌", name_en=f"{code} brand"
    )
    return Shop(programme=programme, brand=brand, storefront=make_storefront(brand, code, currency))


def make_storefront(brand: Brand, code: str, currency: str = "CNY") -> Storefront:
    """Open another storefront of a brand."""
    return services.create_storefront(
        brand_id=brand.id, code=code, channel="web", currency=currency, name=f"{code} web shop"
    )


def make_sister_brand(shop: Shop, code: str) -> Shop:
    """Open another brand, with a storefront, in the same programme."""
    brand = services.create_brand(
        programme_id=shop.programme.id, code=code, name_zh=code, name_en=code
    )
    storefront = make_storefront(brand, code, shop.programme.currency)
    return Shop(programme=shop.programme, brand=brand, storefront=storefront)
