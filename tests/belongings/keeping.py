"""Drafts for tests, with only what differs said."""

from __future__ import annotations

from typing import Any

from members.belongings import services
from members.belongings.types import AddressDraft, TitleDraft, TitleKind

ACTOR = "member:test"


def address(**said: Any) -> AddressDraft:
    """Return an address in Hangzhou."""
    values = {
        "recipient": "张三",
        "phone": "13800138000",
        "region": "330106",
        "detail": "文三路1号",
    }
    return AddressDraft(**{**values, **said})


def add_address(member_id: int, now: Any, **said: Any) -> int:
    """Put an address into a member's book."""
    return services.add_address(member_id=member_id, draft=address(**said), actor=ACTOR, now=now)


def title(**said: Any) -> TitleDraft:
    """Return a person's title."""
    return TitleDraft(**{"kind": TitleKind.PERSONAL, "name": "张三", **said})
