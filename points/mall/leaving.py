"""What somebody who leaves has open in the mall."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import ngettext

from config.kernel import personal
from config.kernel.personal import Person, Stake
from points.mall.models import Order
from points.mall.types import OrderStatus

_OPEN = (
    OrderStatus.AWAITING_PAYMENT,
    OrderStatus.TO_SHIP,
    OrderStatus.SHIPPED,
    OrderStatus.TO_COLLECT,
)


def register() -> None:
    """Tell the kernel what an erasure has to wait for."""
    personal.stakes("mall", list_stakes)


def list_stakes(person: Person, now: datetime) -> list[Stake]:
    """Return the orders that are still on their way."""
    count = Order.objects.filter(member_id__in=person.member_ids, status__in=_OPEN).count()
    if not count:
        return []
    words = ngettext(
        "%(count)s order of the points mall is on its way.",
        "%(count)s orders of the points mall are on their way.",
        count,
    )
    return [Stake(slug="mall.orders", words=words % {"count": count}, blocks=True)]
