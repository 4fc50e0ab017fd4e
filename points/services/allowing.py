"""What an API client may correct by hand: as much as its limit says, where it has one.

A storefront asks nobody for approval: what is beyond its limit is refused, and somebody with
a higher one does it in the console.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from points.errors import CorrectionLimitError
from points.models import Entry
from points.selectors import corrections
from points.types import POINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A correction that a client wishes; `key` is the entry's own, None if it never repeats."""

    member_id: int
    currency: str = POINTS
    points: int
    key: str | None


def one_at_a_time(*, actor: str) -> None:
    """Let two corrections by one actor not share what is left of its limit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('points.correct'), hashtext(%s))", [actor]
        )


def judge_corrections(
    *, client: str, asks: Sequence[Ask], now: datetime
) -> dict[int, CorrectionLimitError]:
    """Return which corrections are beyond the client's limit, by their place.

    Called in the transaction that posts the others. What was posted before under its key is
    answered again, whatever has become of the limit.
    """
    limits = corrections.get_client_limits(client=client, currencies={ask.currency for ask in asks})
    if not limits:
        return {}
    one_at_a_time(actor=client)
    used = corrections.sum_corrected_by_client(
        client=client, member_ids={ask.member_id for ask in asks}, now=now
    )
    done = set(
        Entry.objects.filter(
            member_id__in={ask.member_id for ask in asks},
            idem_key__in=[ask.key for ask in asks if ask.key],
        ).values_list("member_id", "idem_key")
    )
    return _beyond(asks, limits, used, done)


def _beyond(
    asks: Sequence[Ask],
    limits: dict[str, int],
    used: Counter[tuple[int, str]],
    done: set[tuple[int, str]],
) -> dict[int, CorrectionLimitError]:
    found = {}
    for place, ask in enumerate(asks):
        limit, account = limits.get(ask.currency), (ask.member_id, ask.currency)
        if limit is None or (ask.member_id, ask.key) in done:
            continue
        if used[account] + abs(ask.points) > limit:
            found[place] = CorrectionLimitError(limit=limit, used=used[account])
        else:
            used[account] += abs(ask.points)
    return found
