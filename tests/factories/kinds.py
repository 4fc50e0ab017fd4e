"""Kinds of member for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from config.kernel import clock
from members.kinds import services
from members.kinds.services.versions import DEFAULTS
from members.kinds.types import KindDraft, ProofGiven

STUDENT = ProofGiven(holder="林小满", body="浙江大学", number="3210101234")
COMPANY = ProofGiven(holder="赵云", body="杭州云栖茶业有限公司", number="91110000600037341L")


def make_kinds(shop: Any, draft: Sequence[KindDraft] = DEFAULTS) -> None:
    """Put kinds in force."""
    said: dict[str, Any] = {
        "programme_id": shop.programme.id,
        "actor": "staff:1",
        "reason": "test",
        "now": clock.now(),
    }
    services.publish_kinds(version=services.draft_kinds(draft=draft, **said), **said)


def make_family(
    owner: int, *others: int, now: datetime | None = None, kind: str = "family"
) -> None:
    """Found a group, and let others in."""
    at = now or clock.now()
    services.found_group(member_id=owner, kind=kind, name="", actor="test", now=at)
    for other in others:
        code = services.invite(member_id=owner, kind=kind, now=at).code
        services.accept_invitation(member_id=other, code=code, actor="test", now=at)
