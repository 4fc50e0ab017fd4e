"""A member with all kinds of data, and somebody else beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.test import Client

from config.kernel import audit, clock, relay
from members import models, selectors, services
from members.social.base import Person
from points import services as points_services
from points.types import Adjust
from tests.factories.api import ApiClient, api_client
from tests.factories.loyalty import make_rules
from tests.factories.mall import Mall
from tests.factories.orders import order
from tests.factories.programmes import Shop, make_shop
from tests.members import signing

PHONE = "13812345678"
EMAIL = "zhang.sanfeng@example.com"
NAME = "张三丰先生"
NICKNAME = "武当山人小张"
EXTERNAL = "union-7f3c9a8b55d1"
SUBJECT = "oQ7vX3telltaleSubject"
ID_NUMBER = "11010519491231002X"
REAL_NAME = "欧阳锋先生"
STREET = "武当山金顶路八百八十八号"
AGENT = "TelltaleBrowser/7.0"
NOTE = "礼物请送到张府偏门"
REASON = "客人张三丰来电投诉"
OTHER_PHONE = "13700137001"
OTHER_NAME = "灭绝师太本尊"

SECRETS = {
    "phone": PHONE,
    "e-mail": EMAIL,
    "name": NAME,
    "nickname": NICKNAME,
    "external id": EXTERNAL,
    "account elsewhere": SUBJECT,
    "ID number": ID_NUMBER,
    "real name": REAL_NAME,
    "street": STREET,
    "browser": AGENT,
    "note": NOTE,
    "reason": REASON,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A member who has done about everything one can do."""

    shop: Shop
    api: ApiClient
    member_id: int
    user_id: int
    public_id: str
    browser: Client


def live() -> Life:
    """Let a member join, buy, collect, write and bind; let somebody else join too."""
    cache.clear()
    shop = make_shop()
    make_rules(shop)
    api = api_client(shop)
    _someone_else(api)
    public_id = _join(api)
    member_id = selectors.resolve(public_id=public_id, programme_id=shop.programme.id)
    browser = signing.browser(agent=f"Mozilla/5.0 {AGENT}")
    user_id = signing.sign_in(browser, PHONE)
    signing.sign_in(signing.browser(), EMAIL)
    _bind(member_id, user_id)
    _buy(api, public_id)
    _collect(shop, member_id)
    relay.drain(now=clock.now())
    return Life(
        shop=shop,
        api=api,
        member_id=member_id,
        user_id=user_id,
        public_id=public_id,
        browser=browser,
    )


def _someone_else(api: ApiClient) -> None:
    told = {"phone": OTHER_PHONE, "name": OTHER_NAME}
    assert api.post("members", told, key="other").status_code == 201


def _join(api: ApiClient) -> str:
    told = {
        "phone": PHONE,
        "email": EMAIL,
        "name": NAME,
        "external_id": EXTERNAL,
        "channel": "wx",
        "birthday": "1990-05-17",
        "consents": [{"purpose": "terms", "policy_version": "2026-11"}],
    }
    made: Any = api.post("members", told, key="enrol-1")
    assert made.status_code == 201, made.content
    return str(made.json()["id"])


def _bind(member_id: int, user_id: int) -> None:
    now = clock.now()
    services.update_profile(
        member_id=member_id, changes={"nickname": NICKNAME}, actor="test", now=now
    )
    services.bind_social(
        user_id=user_id,
        person=Person(provider="wechat", subjects=(f"union:{SUBJECT}",), nickname=NICKNAME),
        now=now,
    )
    services.verify_real_name(member_id=member_id, name=REAL_NAME, id_number=ID_NUMBER, now=now)
    secret = services.make_secret()
    services.add_authenticator(
        user_id=user_id, secret=secret, code=signing.app_code(secret), now=now
    )
    audit.record(
        actor="staff:1",
        action="member.contacts_revealed",
        target=f"member:{member_id}",
        reason=REASON,
        now=now,
    )


def _buy(api: ApiClient, public_id: str) -> None:
    now = clock.now()
    long_ago = (now - timedelta(days=40)).isoformat()
    bought = order(
        public_id,
        placed_at=long_ago,
        paid_at=long_ago,
        completed_at=long_ago,
        status="completed",
        attributes={"note": NOTE},
    )
    assert api.post("orders", bought, key="order-1").status_code == 201


def _collect(shop: Shop, member_id: int) -> None:
    """Spend points in the mall, and be corrected by hand."""
    from points.mall.types import Address

    now = clock.now()
    mall = Mall(shop=shop)
    points_services.post(
        command=Adjust(
            member_id=member_id,
            programme_id=shop.programme.id,
            points=5000,
            key="gift",
            source="gift:1",
            reason=REASON,
            actor="staff:1",
            occurred_at=now,
        ),
        now=now,
    )
    home = Address(recipient=NAME, phone=PHONE, region="湖北省十堰市", street=STREET)
    made = mall.order(mall.item(), member_id, address=home, now=now)
    from points.mall.models import Order

    # Parcels of this test arrive at once.
    Order.objects.filter(member_id=member_id, id=made.id).update(
        status="delivered", delivered_at=now, closed_at=now
    )


def prove(life: Life) -> None:
    """Give a fresh second proof in the member's browser."""
    code = signing.app_code(signing.secret_of(life.user_id))
    done = life.browser.post("/me/security/proof", {"kind": "totp", "code": code})
    assert done.status_code == 302, done.content.decode()


def revive(life: Life) -> models.Member:
    """Return the member's row as it is now."""
    return models.Member.objects.get(pk=life.member_id)
