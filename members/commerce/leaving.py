"""What somebody who leaves has open here."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import ngettext

from config.kernel import personal
from config.kernel.personal import Person, Stake
from members.commerce.models import Order

# An order that nobody completed for longer than this is not waited for.
_OPEN_FOR = timedelta(days=60)
_OPEN = ("placed", "paid", "shipped")


def register() -> None:
    """Tell the kernel what an erasure has to wait for."""
    personal.stakes("commerce", list_stakes)


def list_stakes(person: Person, now: datetime) -> list[Stake]:
    """Return the orders that are still on their way."""
    count = Order.objects.filter(
        member_id__in=person.member_ids,
        status__in=_OPEN,
        completed_at__isnull=True,
        cancelled_at__isnull=True,
        placed_at__gt=now - _OPEN_FOR,
    ).count()
    if not count:
        return []
    words = ngettext(
        "%(count)s order is not completed yet.", "%(count)s orders are not completed yet.", count
    )
    return [Stake(slug="commerce.orders", words=words % {"count": count}, blocks=True)]
