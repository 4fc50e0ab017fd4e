"""POST /points/spend, all features on, against the same function under pgbench."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks import _points

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench


def run(bench: Bench) -> None:
    """Measure both in the same run."""
    _points.single(bench, "spend")
