"""What an erasure does to messages besides emptying columns: codes name nobody's number."""

from __future__ import annotations

from datetime import datetime

from config.kernel import personal
from config.kernel.personal import Person
from members import selectors as members_selectors
from messaging.models import LocalMessage


def register() -> None:
    """Tell the kernel what an erasure means to messages."""
    personal.step("messaging.codes", order=5, erase=forget_codes)


def forget_codes(person: Person, now: datetime) -> int:
    """Blank messages that went to the person's addresses, whoever they were counted for."""
    addresses = members_selectors.list_addresses(
        member_ids=person.member_ids, user_ids=person.user_ids
    )
    if not addresses:
        return 0
    rows = LocalMessage.objects.filter(address__in=addresses)
    return rows.update(address=None, subject=None, body=None, forgotten_at=now)
