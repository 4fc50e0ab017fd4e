"""Sixteen clients crediting one account at once, hot and not, against as many accounts.

A shop's own account takes every credit of the shop. Marked hot it takes them without a lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks import _points

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

_MARK = "UPDATE points_account SET hot = {hot} WHERE member_id = {member}"


def run(bench: Bench) -> None:
    """Measure the earning function on one account, first locked, then hot."""
    seed = _points.shop(bench)
    spread = _points.bare(bench, "earn")
    one = {"programme": seed["programme"], "first": seed["first"], "last": seed["first"]}
    script = _points.SINGLE.format(op="earn", now=_points.NOW, **one)
    for hot, aim in ((False, 0.0), (True, 0.8)):
        rate = bench.pgbench(script, setup=_MARK.format(hot=hot, member=seed["first"]))
        bench.report.add(
            f"earnings of one account, {'hot' if hot else 'locked'}, {bench.clients} clients",
            value=rate,
            unit="postings/s",
            yardstick=spread,
            yardstick_name="of many accounts, postings/s",
            aim=aim,
        )
    bench.report.note("the next movement that locks the account folds its credits in")
