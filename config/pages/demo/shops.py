"""The demo's two programmes and their storefronts, opened once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from loyalty.earning import services as earning_services
from members.kinds import services as kinds_services
from members.programmes import selectors as programme_selectors
from members.programmes import services as programme_services
from members.programmes.types import Storefront

ACTOR = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPlan:
    """A programme with one brand and one storefront, as the demo opens it."""

    programme: str
    name_zh: str
    name_en: str
    currency: str
    timezone: str
    brand: str
    storefront: str
    channel: str
    # Every tier multiplies by 1: points are floor(net × rate), whoever buys.
    flat: bool
    store: tuple[str, str] | None = None


PLANS = (
    ShopPlan(
        programme="changke",
        name_zh="常客会员",
        name_en="Changke Club",
        currency="CNY",
        timezone="Asia/Shanghai",
        brand="demo",
        storefront="demo",
        channel="web",
        flat=False,
        store=("hz-wulin", "杭州武林店"),
    ),
    ShopPlan(
        programme="ukgift",
        name_zh="英伦礼品会员",
        name_en="UK Gift Club",
        currency="GBP",
        timezone="Europe/London",
        brand="ukgift",
        storefront="online-retail",
        channel="online-retail",
        flat=True,
    ),
)


def open_shops(*, now: datetime) -> list[Storefront]:
    """Open the demo's storefronts that do not exist yet; return all of them."""
    return [
        programme_selectors.find_storefront(plan.storefront) or _open(plan, now) for plan in PLANS
    ]


def _open(plan: ShopPlan, now: datetime) -> Storefront:
    programme = programme_services.create_programme(
        code=plan.programme,
        name_zh=plan.name_zh,
        name_en=plan.name_en,
        currency=plan.currency,
        timezone=plan.timezone,
        now=now,
    )
    earning_services.install_defaults(
        programme_id=programme.id, currency=plan.currency, flat=plan.flat, actor=ACTOR, now=now
    )
    kinds_services.install_default_kinds(programme_id=programme.id, actor=ACTOR, now=now)
    brand = programme_services.create_brand(
        programme_id=programme.id, code=plan.brand, name_zh=plan.name_zh, name_en=plan.name_en
    )
    if plan.store:
        code, name = plan.store
        programme_services.create_store(brand_id=brand.id, code=code, name=name)
    return programme_services.create_storefront(
        brand_id=brand.id,
        code=plan.storefront,
        channel=plan.channel,
        currency=plan.currency,
        name=plan.name_en,
    )
