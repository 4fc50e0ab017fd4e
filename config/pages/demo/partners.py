"""The demo's partner: a rate between its two programmes, and other currencies in a purse."""

from __future__ import annotations

from datetime import datetime

from config.pages.demo.people import PEOPLE
from config.pages.demo.shops import ACTOR
from members import selectors as member_selectors
from members.programmes.types import Storefront
from members.types import ContactKind
from points import selectors as points_selectors
from points import services as points_services
from points.types import Purse, Rate

# Stored value in fen, red packets in fen, lottery tickets: for the first of the people.
_PURSE = (("balance", 20_000), ("red_packet", 888), ("tickets", 3))


def open_exchange(*, storefront: Storefront, partner: Storefront, now: datetime) -> str:
    """Publish rates both ways and fill a purse, once; return what was done."""
    ends = (Purse(programme_id=storefront.programme_id), Purse(programme_id=partner.programme_id))
    if points_selectors.find_rate(source=ends[0], target=ends[1], at=now) is not None:
        return "already there"
    for source, target, per, gives in ((*ends, 10, 1), (*ends[::-1], 1, 9)):
        rate = Rate(
            id=0,
            version=0,
            source=source,
            target=target,
            per=per,
            gives=gives,
            fee_permille=20,
            minimum=100,
            step=10,
            member_limit=5_000,
            pair_limit=1_000_000,
            price=1_000,
            begins_at=now,
        )
        points_services.publish_rate(rate=rate, actor=ACTOR, reason="demo", now=now)
    member_id = member_selectors.find_by_contact(
        programme_id=storefront.programme_id, kind=ContactKind.PHONE, address=PEOPLE[0].phone
    )
    if member_id is None:
        return "rates"
    for currency, amount in _PURSE:
        points_services.top_up(
            member_id=member_id,
            programme_id=storefront.programme_id,
            currency=currency,
            amount=amount,
            source="demo:purse",
            key=f"demo:purse:{currency}",
            reason="开卡礼",
            actor=ACTOR,
            now=now,
        )
    return "rates both ways, a purse with stored value, a red packet and tickets"
