"""Expiring half of a million lots (--lots), against one bare statement.

Both halves of the members have the same lots, six each, every other one due. The bare
statement writes for the first half what the sweep writes for the second: entries, lots and
accounts.
"""

from __future__ import annotations

import json
import statistics
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

_EACH = 6  # lots of a member; every other one is due
NOW = "2026-11-22T00:00:00Z"
_SEED = """
INSERT INTO points_account (id, member_id, programme_id, currency, available, lifetime_earned,
    next_due_at)
SELECT m, m, 1, 'points', {each} * 10, {each} * 10, '2026-11-01'
  FROM generate_series(1, {members}) m;
INSERT INTO points_lot (id, member_id, account_id, entry_id, points, remaining, open, expires_at)
SELECT (m - 1) * {each} + k, m, m, (m - 1) * {each} + k, 10, 10, true,
       CASE k % 2 WHEN 0 THEN timestamptz '2026-11-01' ELSE timestamptz '2027-11-01' END
  FROM generate_series(1, {members}) m, generate_series(1, {each}) k;
INSERT INTO points_entry (id, member_id, account_id, kind, counter, points, available,
    balance_after,
    idem_key, fingerprint, source, lots, lot_points, lot_expires, occurred_at, recorded_at)
SELECT l.id, l.member_id, l.account_id, 'earn', 'issuance', 10, 10,
       10 * (1 + (l.id - 1) % {each}), 'seed:' || l.id, '', 'seed:' || l.id, ARRAY[l.id],
       ARRAY[10::bigint], ARRAY[l.expires_at], '2025-11-01', '2025-11-01'
  FROM points_lot l;
SELECT setval('points_account_id_seq', {members} + 1), setval('points_lot_id_seq', {lots} + 1),
       setval('points_entry_id_seq', {lots} + 1);
"""
# One statement that does it all, as a script by hand would.
_BARE = f"""
WITH due AS (
    UPDATE points_lot SET lapsed = points, remaining = 0, open = false
     WHERE member_id <= %(half)s AND open AND expires_at <= '{NOW}'
    RETURNING member_id, account_id, id, points, expires_at),
e AS (
    INSERT INTO points_entry (member_id, account_id, kind, counter, points, available,
        balance_after,
        idem_key, fingerprint, source, lots, lot_points, lot_expires, occurred_at, recorded_at)
    SELECT d.member_id, d.account_id, 'expire', 'expiry', -sum(d.points), -sum(d.points),
           min(a.available) - sum(d.points), 'due:' || d.account_id, '', '', array_agg(d.id),
           array_agg(-d.points), array_agg(d.expires_at), max(d.expires_at), '{NOW}'
      FROM due d JOIN points_account a ON a.member_id = d.member_id AND a.id = d.account_id
     GROUP BY d.member_id, d.account_id
    RETURNING member_id, account_id, points)
UPDATE points_account a
   SET available = a.available + e.points, lifetime_expired = a.lifetime_expired - e.points,
       next_due_at = '2027-11-01'
  FROM e WHERE a.member_id = e.member_id AND a.id = e.account_id
"""
_SWEEP = f"""
import json, time
from datetime import datetime
from points import services
now = datetime.fromisoformat("{NOW}".replace("Z", "+00:00"))
began = time.perf_counter()
done, chunks, after = 0, [], 0
while after is not None:
    start = time.perf_counter()
    swept = services.sweep(job="expire", now=now, after_member=after)
    done, after = done + swept.accounts, swept.last_member
    chunks.append(time.perf_counter() - start)
print(json.dumps([done, time.perf_counter() - began, chunks]))
"""


def run(bench: Bench) -> None:
    """Seed both halves, expire one by the statement and one by the sweep, prove the ledger."""
    lots = bench.lots // (2 * _EACH) * 2 * _EACH
    members = lots // _EACH
    with psycopg.connect(bench.owner_url, autocommit=True) as owner:
        seed = bench.timed(
            lambda: owner.execute(_SEED.format(members=members, each=_EACH, lots=lots))
        )
        bench.report.note(f"{lots:,} lots of {members:,} members seeded in {seed:.0f} s")
        tidy = bench.timed(
            lambda: owner.execute("VACUUM ANALYZE points_account, points_lot, points_entry")
        )
        owner.execute("CHECKPOINT")
        bare = bench.timed(lambda: owner.execute(_BARE, {"half": members // 2}))
        owner.execute("CHECKPOINT")
    done, seconds, chunks = json.loads(bench.manage("shell", "-v", "0", "-c", _SWEEP))
    bench.report.add(
        f"expiry of {lots // 4:,} lots of {members // 2:,} members",
        value=seconds,
        unit="s",
        yardstick=bare,
        yardstick_name="one bare statement, s",
        aim=1.3,
        at_most=True,
    )
    bench.report.note(
        f"{done:,} accounts in chunks of 10,000 members by one worker; the slowest chunk"
        f" {max(chunks):.2f} s, half of them under {statistics.median(chunks):.2f} s"
    )
    proof: list[str] = []
    proving = bench.timed(lambda: proof.append(bench.manage("reconcile").strip()))
    bench.report.note(
        f"vacuumed in {tidy:.0f} s, proved in {proving:.0f} s: {proof[0].splitlines()[-1]}"
    )
