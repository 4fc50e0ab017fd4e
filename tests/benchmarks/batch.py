"""POST /points/batch of a thousand, against the bare batch function and single postings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks import _points

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

SIZE = 1000
CLIENTS = 4


def run(bench: Bench) -> None:
    """Measure batches of each kind beside the function, and beside one posting at a time."""
    for item in ("earn", "spend", "mixed"):
        limit = _points.bare(bench, "spend" if item == "spend" else "earn")
        bare = _points.bare_batch(bench, item, CLIENTS)
        plan = {"op": "batch", "item": item, "status": "207", "clients": CLIENTS, "size": SIZE}
        _points.load(bench, seconds=2, **plan)
        measured = SIZE * _points.load(bench, seconds=bench.seconds, **plan)["rate"]
        for yardstick, name, aim in (
            (bare, "bare batch function, items/s", 0.8),
            (limit, "bare postings/s", 4.0),
        ):
            bench.report.add(
                f"POST /points/batch of {item}s",
                value=measured,
                unit="items/s",
                yardstick=yardstick,
                yardstick_name=name,
                aim=aim,
            )
