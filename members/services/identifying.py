"""The member code: what a till reads to know who stands before it, for a minute.

Random digits that mean nothing outside Valkey, with a check digit. There is nothing in them
to sign or to forge: of 10**15 numbers only those given out in the last minute are known
(docs/adr/0012). The first client that reads a code keeps it: that client may read it again
while it lives, nobody else can.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.core.cache import cache
from stdnum import damm

from members import numbers
from members.types import MemberCode

LIFE = timedelta(seconds=60)
# What a till tells a member code by: card numbers begin with 6.
_PREFIX = "28"
_RANDOM_DIGITS = 15
LENGTH = len(_PREFIX) + _RANDOM_DIGITS + 1


def issue_member_code(*, member_id: int, programme_id: int, now: datetime) -> MemberCode:
    """Give out a code that names the member to a till of this programme for 60 seconds."""
    body = _PREFIX + "".join(secrets.choice("0123456789") for _ in range(_RANDOM_DIGITS))
    digits = body + str(damm.calc_check_digit(body))
    expires_at = now + LIFE
    kept = f"{member_id}:{expires_at.timestamp()}"
    cache.set(_key(programme_id, digits), kept, timeout=int(LIFE.total_seconds()))
    return MemberCode(digits=digits, expires_at=expires_at)


def read_member_code(
    *, digits: str, programme_id: int, client_id: str, now: datetime
) -> int | None:
    """Return the member whose code this is, or None: unknown, expired, or read by another.

    Spaces and hyphens in `digits` do not matter.
    """
    digits = numbers.clean(digits)
    if len(digits) != LENGTH or not digits.startswith(_PREFIX) or not damm.is_valid(digits):
        return None
    key = _key(programme_id, digits)
    kept: str | None = cache.get(key)
    if kept is None:
        return None
    member_id, _, expires_at = kept.partition(":")
    if now.timestamp() >= float(expires_at):
        return None
    # Whoever adds the mark first owns the code; of two tills at once one wins. The mark
    # outlives the code.
    mark = f"{key}:reader"
    is_first = cache.add(mark, client_id, timeout=2 * int(LIFE.total_seconds()))
    if not is_first and cache.get(mark) != client_id:
        return None
    return int(member_id)


def _key(programme_id: int, digits: str) -> str:
    return f"member-code:{programme_id}:{digits}"
