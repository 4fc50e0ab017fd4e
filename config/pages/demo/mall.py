"""The demo's mall: one item of every kind, in every state that a member meets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from config.pages.demo import drawings
from config.pages.demo.shops import ACTOR
from members.programmes import selectors as programme_selectors
from members.programmes.types import Storefront
from points.mall import selectors as mall_selectors
from points.mall import services as mall_services
from points.mall.types import CODE_STOCK, ItemDraft, ItemKind, Period

REASON = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An item, its picture, and how many there are: on the shelf, in the store, as codes."""

    draft: ItemDraft
    picture: str
    stock: int = 0
    in_store: int = 0
    codes: int = 0
    # Starts so many days from now.
    starts_in: int = 0


PLANS = (
    Plan(
        draft=ItemDraft(
            code="travel-mug",
            kind=ItemKind.PHYSICAL,
            name_zh="随行保温杯 480ml",
            name_en="Travel mug, 480 ml",
            description_zh="双层不锈钢，早上装的茶，下班还是热的。单手开盖，放进包里不漏。",
            description_en="Double-walled steel: tea from the morning is hot on the way home.\n\n"
            "Opens with one hand, and does not leak in the bag.",
            points=800,
            sort=10,
            limit_count=2,
            limit_per=Period.MONTH,
        ),
        picture="mug",
        stock=120,
    ),
    Plan(
        draft=ItemDraft(
            code="longjing-tin",
            kind=ItemKind.PHYSICAL,
            name_zh="明前龙井 礼罐 125g",
            name_en="Longjing before the rains, tin of 125 g",
            description_zh="今年的头采，小罐密封。积分抵大头，再付一点现金。",
            description_en="This spring's first picking. Your points pay most of it.",
            points=600,
            cash=5900,
            sort=20,
        ),
        picture="tin",
        stock=8,
    ),
    Plan(
        draft=ItemDraft(
            code="canvas-tote",
            kind=ItemKind.PHYSICAL,
            name_zh="帆布手提袋",
            name_en="Canvas tote",
            description_zh="厚帆布，装得下一整天。到店自提，随到随取。",
            description_en="Heavy canvas with room for a whole day. Collect it in the store.",
            points=300,
            ships=False,
            collects=True,
            sort=30,
        ),
        picture="tote",
        in_store=25,
    ),
    Plan(
        draft=ItemDraft(
            code="video-month",
            kind=ItemKind.VIRTUAL,
            name_zh="视频会员月卡",
            name_en="Video pass, one month",
            description_zh="兑换后立即得到卡密，在视频平台输入即可开通。",
            description_en="The code is yours at once; type it in where you watch.",
            points=500,
            limit_count=1,
            limit_per=Period.MONTH,
            sort=40,
        ),
        picture="play",
        codes=40,
    ),
    Plan(
        draft=ItemDraft(
            code="ten-off",
            kind=ItemKind.COUPON,
            name_zh="满 99 减 10 优惠券",
            name_en="¥10 off from ¥99",
            description_zh="结算时输入券码。可与会员价同享。",
            description_en="Type the code at the checkout. It adds to your member price.",
            points=200,
            issuer=CODE_STOCK,
            sort=50,
        ),
        picture="coupon",
        codes=60,
    ),
    Plan(
        draft=ItemDraft(
            code="lucky-three",
            kind=ItemKind.TICKET,
            name_zh="幸运抽奖券 3 张",
            name_en="Three lottery tickets",
            description_zh="三次机会，祝你好运。抽奖券立即到账。",
            description_en="Three chances. They are on your account at once.",
            points=30,
            tickets=3,
            limit_count=5,
            limit_per=Period.DAY,
            sort=60,
        ),
        picture="ticket",
    ),
    Plan(
        draft=ItemDraft(
            code="silk-scarf",
            kind=ItemKind.PHYSICAL,
            name_zh="桑蚕丝方巾 金卡专享",
            name_en="Silk scarf, for Gold and above",
            description_zh="手工卷边，只给金卡和钻石卡会员。",
            description_en="Rolled by hand, for Gold and Diamond members alone.",
            points=2600,
            tiers=("gold", "diamond"),
            limit_count=1,
            limit_per=Period.YEAR,
            sort=70,
        ),
        picture="scarf",
        stock=30,
    ),
    Plan(
        draft=ItemDraft(
            code="zisha-pot",
            kind=ItemKind.PHYSICAL,
            name_zh="宜兴紫砂小壶",
            name_en="Little Yixing teapot",
            description_zh="老师傅手作，每月一窑，兑完等下一窑。",
            description_en="Made by hand, one kiln a month; when it is empty, the next comes.",
            points=4800,
            sort=80,
        ),
        picture="pot",
        starts_in=3,
        stock=12,
    ),
)


@transaction.atomic
def fill(*, storefront: Storefront, now: datetime) -> int:
    """Put on the shelf what is not there yet; return how many items that were."""
    made = 0
    for plan in PLANS:
        known = mall_selectors.find_item_by_code(
            programme_id=storefront.programme_id, code=plan.draft.code
        )
        if known is None:
            _make(plan, storefront, now)
            made += 1
    return made


def _make(plan: Plan, storefront: Storefront, now: datetime) -> None:
    draft = plan.draft
    if plan.starts_in:
        draft = replace(draft, on_sale_from=now + timedelta(days=plan.starts_in))
    said: dict[str, Any] = {"actor": ACTOR, "reason": REASON, "now": now}
    item_id = mall_services.create_item(programme_id=storefront.programme_id, draft=draft, **said)
    mall_services.add_picture(item_id=item_id, content=drawings.picture(plan.picture), **said)
    if plan.stock:
        mall_services.move_stock(item_id=item_id, change=plan.stock, **said)
    if plan.in_store:
        store = programme_selectors.list_stores(storefront.programme_id)[0]
        mall_services.move_stock(item_id=item_id, change=plan.in_store, store_id=store.id, **said)
    if plan.codes:
        start = draft.code.replace("-", "")[:4].upper()
        codes = (_code(start, number) for number in range(1, plan.codes + 1))
        mall_services.upload_codes(
            item_id=item_id, content="\n".join(codes).encode(), file_name="demo.csv", **said
        )
    mall_services.publish_item(item_id=item_id, **said)


def _code(start: str, number: int) -> str:
    """Return a code that looks like one; two loads make the same ones."""
    return f"{start}-{number * 7919 % 99991:05d}-{number * 104729 % 9973:04d}"
