"""A member with a history: orders, a refund, points spent, set aside and expired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.kernel import clock
from members import selectors as members_selectors
from members.models import Member, User
from points import services as points_services
from points.types import Earn, Hold, Spend
from tests.factories.api import ApiClient, api_client
from tests.factories.members import make_member
from tests.factories.orders import line, make_earning_shop
from tests.factories.programmes import Shop

PHONE = "+8613800138000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Who, where, and the ids of what happened."""

    shop: Shop
    user: User
    member_id: int
    api: ApiClient


def make_user(member_id: int) -> User:
    """Give a member an account to sign in with."""
    user = User.objects.create_user(phone=f"+86137{member_id:08d}")
    Member.objects.filter(pk=member_id).update(user=user)
    return user


def make_story(*, full: bool = True) -> Story:
    """Open the demo shop and enrol a member; `full`: with a history."""
    shop = make_earning_shop()
    member_id = make_member(shop, phone=PHONE, nickname="阿宁")
    story = Story(shop=shop, user=make_user(member_id), member_id=member_id, api=api_client(shop))
    if full:
        _tell(story)
    return story


def report(
    story: Story, number: str, *, days_ago: int, lines: list[dict[str, Any]], **changes: Any
) -> Any:
    """Report a paid order of some days ago."""
    at = clock.now() - timedelta(days=days_ago)
    body = {
        "external_no": number,
        "member": members_selectors.public_id(story.member_id),
        "placed_at": at.isoformat(),
        "paid_at": at.isoformat(),
        "status": "paid",
        "currency": "CNY",
        "lines": lines,
    }
    answer = story.api.post("orders", body | changes)
    assert answer.status_code == 201, answer.content
    return answer.json()


def _tell(story: Story) -> None:
    now = clock.now()
    goods = [
        line(1, name="明前龙井 250g", unit_price=128000),
        line(2, name="Celadon tea cup", quantity=2, unit_price=34550, discount=1100),
        line(3, name="竹茶则", unit_price=9900),
    ]
    report(
        story,
        "SO-1001",
        days_ago=60,
        lines=goods,
        status="completed",
        completed_at=(now - timedelta(days=55)).isoformat(),
    )
    report(
        story,
        "SO-1002",
        days_ago=20,
        lines=[line(1, name="铁观音礼盒", unit_price=668800)],
        status="completed",
        completed_at=(now - timedelta(days=15)).isoformat(),
    )
    report(story, "SO-1003", days_ago=2, lines=[line(1, name="紫砂壶", unit_price=88800)])
    refunded = story.api.post(
        "orders/SO-1001/events",
        {
            "type": "refunded",
            "occurred_at": (now - timedelta(days=30)).isoformat(),
            "external_no": "RF-1",
            "lines": [{"line_no": 2, "quantity": 1}],
        },
    )
    assert refunded.status_code == 200, refunded.content
    _post(story, now)


def _post(story: Story, now: datetime) -> None:
    base: dict[str, Any] = {"member_id": story.member_id, "programme_id": story.shop.programme.id}
    points_services.post(
        command=Earn(
            **base,
            key="review",
            source="review:1",
            occurred_at=now - timedelta(days=9),
            reason="晒单评价奖励",
            points=50,
            expires_at=now + timedelta(days=40),
        ),
        now=now - timedelta(days=9),
    )
    points_services.post(
        command=Spend(
            **base,
            key="cup",
            source="gift:1",
            occurred_at=now - timedelta(days=5),
            reason="兑换：随行杯",
            points=800,
        ),
        now=now - timedelta(days=5),
    )
    points_services.post(
        command=Hold(
            **base,
            key="hold",
            source="cart:1",
            occurred_at=now,
            points=200,
            expires_at=now + timedelta(minutes=30),
        ),
        now=now,
    )
