"""A long history costs what a short one does: what the plans read says so."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from points import selectors
from points.models import Account, Entry
from points.selectors.search import EntryFilter, search_entries
from tests.factories.points import NOON, Book
from tests.statistics import analyze

LONG = 100_000
# One page of 8 kB holds dozens of entries; a page of the statement and the way there.
FEW_ROWS = 200

# Copies of one true pair of entries, an earning and its spend, so that the books balance.
_COPY = """
INSERT INTO points_entry (id, member_id, account_id, kind, counter, points, available,
    balance_after, idem_key, fingerprint, source, lots, lot_points, lot_expires,
    occurred_at, recorded_at)
SELECT nextval('points_entry_id_seq'), member_id, account_id, kind, counter, points, available,
       balance_after, idem_key || ':' || n, fingerprint, source || ':' || n, lots, lot_points,
       lot_expires, occurred_at, recorded_at
  FROM generate_series(1, %s) n, points_entry
 WHERE member_id = 1 ORDER BY n, id
"""


@pytest.fixture
def book(shop) -> Book:
    """One member with 100,000 entries, among others with a few."""
    book = Book(shop.programme.id)
    book.earn(10)
    book.spend(10)
    with connection.cursor() as cursor:
        cursor.execute(_COPY, [LONG // 2])
    for member in range(2, 30):
        Book(shop.programme.id, member).earn(10)
    book.earn(700, expires_at=NOON + timedelta(days=30))
    analyze("points_entry", "points_lot", "points_account")
    return book


def rows_read(run: Any) -> tuple[int, int]:
    """Return how many rows of the ledger a call reads, and how often it scans all entries.

    The database counts what its plans read, whichever way the statements reach it.
    """
    before = counted()
    run()
    return tuple(after - was for after, was in zip(counted(), before, strict=True))  # type: ignore[return-value]


def counted() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)),
                   sum(seq_scan) FILTER (WHERE relname = 'points_entry')
              FROM pg_stat_xact_user_tables WHERE relname LIKE 'points%'""")
        rows, scans = cursor.fetchone()
        return int(rows), int(scans)


def test_a_long_history_opens_as_quickly_as_a_short_one(book):
    assert Entry.objects.filter(member_id=1).count() > LONG
    last = Entry.objects.filter(member_id=1).latest("id").id
    page: dict[str, Any] = {"member_ids": [1], "programme_id": book.programme_id, "limit": 30}
    now = NOON + timedelta(days=1)
    reads = {
        "balance": lambda: selectors.get_balance(
            member_id=1, programme_id=book.programme_id, at=now, now=now
        ),
        "balances": lambda: selectors.get_balances(
            member_ids=[1], programme_id=book.programme_id, at=now
        ),
        "first page": lambda: selectors.list_entries(**page),
        "page in the middle": lambda: selectors.list_entries(**page, before=last - LONG // 2),
        "page of a kind": lambda: selectors.list_entries(**page, kinds=["spend"]),
        "wallet": lambda: selectors.get_wallet(
            member_id=1, programme_id=book.programme_id, now=now
        ),
        "console's search": lambda: search_entries(told=EntryFilter(member_ids=(1,))),
        "search, in the middle": lambda: search_entries(
            told=EntryFilter(member_ids=(1,)), before=last - LONG // 2
        ),
        "search of a kind": lambda: search_entries(
            told=EntryFilter(member_ids=(1,), kind="spend", most=-10)
        ),
        "one entry": lambda: selectors.get_entry(
            member_id=1, entry_id=last, programme_id=book.programme_id
        ),
    }

    for name, run in reads.items():
        rows, scans = rows_read(run)
        assert 0 < rows <= FEW_ROWS, (name, rows)
        assert scans == 0, name
    assert Account.objects.get(member_id=1).available == 700


def test_ledger_pages_never_skip_rows():
    """OFFSET reads what it skips, and loses its place when a row comes in."""
    root = Path(settings.BASE_DIR)
    readers = [
        *(root / "points").rglob("*.py"),
        *(root / "points" / "sql").glob("*.sql"),
        root / "config" / "pages" / "statement.py",
        root / "config" / "pages" / "entries.py",
    ]

    found = [
        str(path.relative_to(root))
        for path in readers
        if "migrations" not in path.parts and re.search(r"\boffset\b", path.read_text().lower())
    ]

    assert found == []


def test_the_ledger_is_asked_for_single_rows_by_index_alone():
    """EXISTS for each row of a list may be planned as a hash of the whole ledger.

    It was, and made an order a hundred times as dear: a single row is asked for by
    `(SELECT true … LIMIT 1)`, which has no such plan. `IF EXISTS` and `OR EXISTS` ask once.
    """
    asked = re.compile(
        r"(?<!IF )(?<!OR )EXISTS\s*\(\s*SELECT[^()]*?FROM points_(?:entry|lot)\b", re.IGNORECASE
    )

    found = [
        f"{path.name}:{text.count(chr(10), 0, place.start()) + 1}"
        for path in sorted((Path(settings.BASE_DIR) / "points" / "sql").glob("*.sql"))
        for text in [path.read_text()]
        for place in asked.finditer(text)
    ]

    assert found == []
