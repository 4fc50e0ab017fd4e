"""Prove that entries, lots, reservations and accounts tell the same, for everyone.

Each check is one statement over a range of members that returns the rows that differ, so
an honest ledger returns none. A range is read in one snapshot and may be checked while
the shop is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg import Cursor

RANGE = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that does not add up."""

    check: str
    member_id: int
    row_id: int
    detail: str

    def __str__(self) -> str:
        return f"{self.check}: member {self.member_id}, row {self.row_id}: {self.detail}"


# Every statement takes the range twice over ({r}) and returns member, row, what differs.
_CHECKS = {
    "account and its lots": """
        SELECT a.member_id, a.id, format('account has %%s/%%s/%%s, lots have %%s/%%s/%%s',
               a.available + u.available, a.pending + u.pending, a.held, l.free, l.pending, l.held)
          FROM points_account a
          CROSS JOIN LATERAL (SELECT
                coalesce(sum(remaining - held) FILTER (WHERE NOT pending), 0) AS free,
                coalesce(sum(remaining) FILTER (WHERE pending), 0) AS pending,
                coalesce(sum(held), 0) AS held
              FROM points_lot WHERE member_id = a.member_id AND account_id = a.id AND open) l
          CROSS JOIN LATERAL (SELECT coalesce(sum(available), 0) AS available,
                coalesce(sum(pending), 0) AS pending
              FROM points_unfolded WHERE member_id = a.member_id AND account_id = a.id) u
         WHERE a.member_id >= %(lo)s AND a.member_id < %(hi)s
           AND (a.available + u.available, a.pending + u.pending, a.held)
               IS DISTINCT FROM (l.free, l.pending, l.held)
    """,
    "account and its entries": """
        WITH e AS (
            SELECT member_id, account_id, sum(available) AS available, sum(pending) AS pending,
                   sum(held) AS held, sum(debt) AS debt,
                   coalesce(sum(points) FILTER (WHERE counter = 'issuance'), 0) AS earned,
                   coalesce(-sum(points) FILTER (WHERE counter = 'redemption'), 0) AS spent,
                   coalesce(-sum(points) FILTER (WHERE counter = 'expiry'), 0) AS expired
              FROM points_entry WHERE member_id >= %(lo)s AND member_id < %(hi)s
             GROUP BY member_id, account_id),
        u AS (
            SELECT member_id, account_id, sum(available) AS available, sum(pending) AS pending,
                   sum(earned) AS earned
              FROM points_unfolded WHERE member_id >= %(lo)s AND member_id < %(hi)s
             GROUP BY member_id, account_id),
        a AS (SELECT * FROM points_account WHERE member_id >= %(lo)s AND member_id < %(hi)s)
        SELECT coalesce(a.member_id, e.member_id), coalesce(a.id, e.account_id),
               format('account %%s, entries %%s', to_jsonb(a), to_jsonb(e))
          FROM a LEFT JOIN u ON u.member_id = a.member_id AND u.account_id = a.id
          FULL JOIN e ON e.member_id = a.member_id AND e.account_id = a.id
         WHERE (coalesce(a.available + coalesce(u.available, 0), 0),
                coalesce(a.pending + coalesce(u.pending, 0), 0),
                coalesce(a.held, 0), coalesce(a.debt, 0),
                coalesce(a.lifetime_earned + coalesce(u.earned, 0), 0),
                coalesce(a.lifetime_spent, 0), coalesce(a.lifetime_expired, 0))
            <> (coalesce(e.available, 0), coalesce(e.pending, 0), coalesce(e.held, 0),
                coalesce(e.debt, 0), coalesce(e.earned, 0), coalesce(e.spent, 0),
                coalesce(e.expired, 0))
    """,
    "lot and its entries": """
        WITH e AS (
            SELECT e.member_id, s.lot, sum(s.points) AS points
              FROM points_entry e, unnest(e.lots, e.lot_points) s (lot, points)
             WHERE e.member_id >= %(lo)s AND e.member_id < %(hi)s
             GROUP BY e.member_id, s.lot),
        l AS (SELECT * FROM points_lot WHERE member_id >= %(lo)s AND member_id < %(hi)s)
        SELECT coalesce(l.member_id, e.member_id), coalesce(l.id, e.lot),
               format('lot has %%s, entries have %%s', l.remaining, e.points)
          FROM l FULL JOIN e ON e.member_id = l.member_id AND e.lot = l.id
         WHERE l.remaining IS DISTINCT FROM e.points
    """,
    "lot and its expiry": """
        WITH x AS (
            SELECT member_id, lot, sum(points) AS points FROM (
                SELECT e.member_id, s.lot, -s.points AS points
                  FROM points_entry e, unnest(e.lots, e.lot_points) s (lot, points)
                 WHERE e.member_id >= %(lo)s AND e.member_id < %(hi)s AND e.kind = 'expire'
                UNION ALL
                SELECT e.member_id, t.lots[1], -e.excused
                  FROM points_entry e
                  JOIN points_entry t ON t.member_id = e.member_id AND t.id = e.reverses
                 WHERE e.member_id >= %(lo)s AND e.member_id < %(hi)s AND e.excused > 0) m
             GROUP BY member_id, lot)
        SELECT l.member_id, l.id, format('lapsed %%s, entries say %%s', l.lapsed, x.points)
          FROM points_lot l LEFT JOIN x ON x.member_id = l.member_id AND x.lot = l.id
         WHERE l.member_id >= %(lo)s AND l.member_id < %(hi)s
           AND l.lapsed <> coalesce(x.points, 0)
    """,
    "lot and its reservations": """
        WITH h AS (
            SELECT h.member_id, s.lot, sum(s.points) AS points
              FROM points_hold h, unnest(h.lots, h.lot_points) s (lot, points)
             WHERE h.member_id >= %(lo)s AND h.member_id < %(hi)s AND h.status = 'held'
             GROUP BY h.member_id, s.lot),
        l AS (SELECT * FROM points_lot
               WHERE member_id >= %(lo)s AND member_id < %(hi)s AND held > 0)
        SELECT coalesce(l.member_id, h.member_id), coalesce(l.id, h.lot),
               format('lot holds %%s, reservations say %%s', l.held, h.points)
          FROM l FULL JOIN h ON h.member_id = l.member_id AND h.lot = l.id
         WHERE l.held IS DISTINCT FROM h.points
    """,
    "entry and the balance before it": """
        SELECT member_id, id, format('balance %%s after %%s and %%s', balance_after, before, points)
          FROM (SELECT e.member_id, e.id, e.balance_after, e.points,
                       lag(e.balance_after, 1, 0::bigint) OVER (
                           PARTITION BY e.member_id, e.account_id ORDER BY e.id) AS before
                  FROM points_entry e
                  JOIN points_account a ON a.member_id = e.member_id AND a.id = e.account_id
                 WHERE e.member_id >= %(lo)s AND e.member_id < %(hi)s AND NOT a.hot) c
         WHERE balance_after IS DISTINCT FROM before + points
    """,
    "entry and its reversals": """
        SELECT r.member_id, r.reverses, format('%%s reversed of %%s', r.settles, abs(t.points))
          FROM (SELECT member_id, reverses, sum(settles) AS settles,
                       min(account_id) AS account_id FROM points_entry
                 WHERE member_id >= %(lo)s AND member_id < %(hi)s AND reverses IS NOT NULL
                 GROUP BY member_id, reverses) r
          LEFT JOIN points_entry t ON t.member_id = r.member_id AND t.id = r.reverses
          -- What was posted for somebody who was merged into the member.
          LEFT JOIN LATERAL (
                SELECT k.points FROM points_account a
                  JOIN points_entry k ON k.member_id = ANY (a.kin) AND k.id = r.reverses
                 WHERE t.id IS NULL AND a.member_id = r.member_id AND a.id = r.account_id
                 LIMIT 1) k ON true
         WHERE coalesce(t.points, k.points) IS NULL
            OR r.settles > abs(coalesce(t.points, k.points))
    """,
    "exchange and its entries": """
        SELECT x.member_id, x.id, format('gave %%s, received %%s; entries say %%s and %%s',
               x.given, x.received, -o.points, i.points)
          FROM points_exchange x
          LEFT JOIN points_entry o ON o.member_id = x.member_id AND o.id = x.out_entry_id
               AND o.counter = 'exchange'
          LEFT JOIN points_entry i ON i.member_id = x.to_member_id AND i.id = x.in_entry_id
               AND i.counter = 'exchange'
         WHERE x.member_id >= %(lo)s AND x.member_id < %(hi)s
           AND (x.given, x.received) IS DISTINCT FROM (-o.points, i.points)
    """,
    "transfer and its entries": """
        SELECT m.member_id, m.id, format('gave %%s, received %%s', -o.points, i.points)
          FROM points_move m
          LEFT JOIN points_entry o ON o.member_id = m.member_id AND o.id = m.out_entry_id
          LEFT JOIN points_entry i ON i.member_id = m.to_member_id AND i.id = m.in_entry_id
         WHERE m.member_id >= %(lo)s AND m.member_id < %(hi)s
           AND (o.points IS NULL OR o.points + i.points IS DISTINCT FROM 0)
    """,
    "merged account is empty": """
        SELECT member_id, id, format('%%s left', available + pending + held + debt)
          FROM points_account
         WHERE member_id >= %(lo)s AND member_id < %(hi)s
           AND moved_to IS NOT NULL AND available + pending + held + debt <> 0
    """,
    "members and counter-accounts": """
        SELECT 0, e.programme_id,
               format('%%s: counter-accounts %%s, members %%s', e.currency, e.points, m.points)
          FROM (SELECT a.programme_id, a.currency, -sum(c.points) AS points
                  FROM (SELECT member_id, account_id, counter, sum(points) AS points
                          FROM points_entry WHERE member_id >= %(lo)s AND member_id < %(hi)s
                         GROUP BY member_id, account_id, counter) c
                  JOIN points_account a ON a.member_id = c.member_id AND a.id = c.account_id
                 GROUP BY a.programme_id, a.currency) e
          JOIN (SELECT a.programme_id, a.currency,
                       sum(a.available + a.pending + a.held - a.debt + coalesce(u.points, 0))
                           AS points
                  FROM points_account a
                  LEFT JOIN (SELECT member_id, account_id, sum(available + pending) AS points
                               FROM points_unfolded GROUP BY member_id, account_id) u
                    ON u.member_id = a.member_id AND u.account_id = a.id
                 WHERE a.member_id >= %(lo)s AND a.member_id < %(hi)s
                 GROUP BY a.programme_id, a.currency) m
            ON m.programme_id = e.programme_id AND m.currency = e.currency
         WHERE e.points + m.points <> 0
    """,
}

Progress = Callable[[int, int], None]


def reconcile(*, progress: Progress | None = None) -> Iterator[Difference]:
    """Yield every difference; `progress` is told the members done and those there are."""
    lowest, highest = _bounds()
    done = lowest
    while done <= highest:
        hi = done + RANGE
        with _snapshot():
            yield from _check(lo=done, hi=hi)
        done = hi
        if progress is not None:
            progress(min(done, highest + 1) - lowest, highest + 1 - lowest)


def _bounds() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT least(min(a), min(b), min(c)), greatest(max(a), max(b), max(c)) FROM (
                SELECT min(member_id) a, NULL::bigint b, NULL::bigint c FROM points_account
                UNION ALL SELECT max(member_id), NULL, NULL FROM points_account
                UNION ALL SELECT NULL, min(member_id), NULL FROM points_entry
                UNION ALL SELECT NULL, max(member_id), NULL FROM points_entry
                UNION ALL SELECT NULL, NULL, min(member_id) FROM points_lot
                UNION ALL SELECT NULL, NULL, max(member_id) FROM points_lot) x
            """
        )
        lowest, highest = cursor.fetchone()
    return (0, -1) if lowest is None else (lowest, highest)


@contextmanager
def _snapshot() -> Iterator[None]:
    """One snapshot for all checks of a range; inside a caller's transaction, its own."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _check(*, lo: int, hi: int) -> list[Difference]:
    found: list[Difference] = []
    with connection.cursor() as cursor:
        for check, sql in _CHECKS.items():
            cursor.execute(sql, {"lo": lo, "hi": hi})
            found += [_difference(check, *row) for row in cursor.fetchall()]
    return found


def _difference(check: str, member_id: int | None, row_id: int | None, detail: str) -> Difference:
    return Difference(check=check, member_id=member_id or 0, row_id=row_id or 0, detail=detail)


# All checks as one statement: less to ask for where a range is a handful of members, and no
# help where it is many, for one check does not begin before another has ended.
_AT_ONCE = " UNION ALL ".join(
    f"SELECT '{check}', c.* FROM ({sql}) c (member_id, row_id, detail)"
    for check, sql in _CHECKS.items()
)


def reconcile_members(*, lowest: int, highest: int) -> list[Difference]:
    """Return every difference of a few members by one statement, whose plan is kept."""
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        cursor.execute(_AT_ONCE, {"lo": lowest, "hi": highest + 1}, prepare=True)
        return [_difference(*row) for row in cursor.fetchall()]
