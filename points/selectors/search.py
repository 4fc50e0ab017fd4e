"""Search the ledger: newest first, page by key, and without counting it all.

With a member, or an order of one, the member's own key answers at once; something rare among
very many entries is given up after a while. Then, and without a member, entries are looked
through from the newest backwards in stretches of their numbers, for as long as an operator
waits; the next page goes on where the last one stopped.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction

from points.models import Entry

STRETCH = 50_000
PATIENCE = 2.0
_NOTHING = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """What an entry has to be. What is None is not asked."""

    member_ids: tuple[int, ...] | None = None
    entry_id: int | None = None
    source: str | None = None
    key: str | None = None
    kind: str | None = None
    rule: str | None = None
    least: int | None = None
    most: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def payload(self) -> dict[str, Any]:
        """Return it as a request for approval keeps it."""
        told = {name: value for name, value in asdict(self).items() if value is not None}
        for name in ("since", "until"):
            if name in told:
                told[name] = told[name].isoformat()
        if "member_ids" in told:
            told["member_ids"] = list(told["member_ids"])
        return told

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> EntryFilter:
        """Read it back."""
        told = dict(payload)
        for name in ("since", "until"):
            if name in told:
                told[name] = datetime.fromisoformat(told[name])
        if "member_ids" in told:
            told["member_ids"] = tuple(told["member_ids"])
        return cls(**told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of entries; `before` is where the next begins, None at the end.

    `partial`: patience ended before the page was full; there may be more further back.
    """

    entries: list[Entry]
    before: int | None
    partial: bool = False


def search_entries(*, told: EntryFilter, before: int | None = None, limit: int = 50) -> Found:
    """Return the newest entries that fit, those numbered below `before`."""
    if told.member_ids is not None:
        with contextlib.suppress(OperationalError), transaction.atomic():
            _be_patient(f"{PATIENCE * 1000:.0f}ms")
            found = _read(told, below=before or _NOTHING, limit=limit + 1)
            _be_patient("0")
            more = len(found) > limit
            page = found[:limit]
            return Found(entries=page, before=page[-1].pk if more else None)
    return _look_back(told, before=before or _last() + 1, limit=limit)


def _be_patient(time_: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [time_])


def iter_entries(*, told: EntryFilter, before: int) -> Iterator[Entry]:
    """Yield every entry that fits, newest first, for a file."""
    place: int | None = before
    while place is not None:
        page = search_entries(told=told, before=place, limit=1000)
        yield from page.entries
        place = page.before


def _look_back(told: EntryFilter, *, before: int, limit: int) -> Found:
    found: list[Entry] = []
    high, stop = before, time.monotonic() + PATIENCE
    while high > 1:
        low = max(high - STRETCH, 1)
        found += _read(told, below=high, limit=limit + 1 - len(found), least_id=low)
        if len(found) > limit:
            return Found(entries=found[:limit], before=found[limit - 1].pk)
        high = low
        if high > 1 and told.since is not None and _all_older(low, told.since):
            break
        if high > 1 and time.monotonic() > stop:
            return Found(entries=found, before=high, partial=True)
    return Found(entries=found, before=None)


def _read(told: EntryFilter, *, below: int, limit: int, least_id: int = 0) -> list[Entry]:
    rows = Entry.objects.filter(id__lt=below)
    if least_id:
        rows = rows.filter(id__gte=least_id)
    if told.member_ids is not None:
        rows = rows.filter(member_id__in=told.member_ids)
    exact = {
        "id": told.entry_id,
        "source": told.source,
        "idem_key": told.key,
        "kind": told.kind,
        "rule": told.rule,
        "points__gte": told.least,
        "points__lte": told.most,
        "occurred_at__gte": told.since,
        "occurred_at__lt": told.until,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    return list(rows.order_by("-id")[:limit])


def _all_older(low: int, since: datetime) -> bool:
    """Tell whether what lies below was written down before `since`, hence happened before."""
    newest = Entry.objects.filter(id__lt=low, id__gte=low - 1000).order_by("-id").first()
    return newest is not None and newest.recorded_at < since


def _last() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM points_entry_id_seq")
        return int(cursor.fetchone()[0])
