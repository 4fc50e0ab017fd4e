"""import_orders of half a million lines, against COPY into one table and one GROUP BY."""

from __future__ import annotations

import csv
import gzip
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from tests.benchmarks.bench import Bench

AIM = 6.0
SAMPLE = Path(__file__).parents[2] / "config/pages/demo/data/online_retail_sample.csv.gz"
# As many lines as the whole file has.
COPIES = 121
# Run by `manage.py shell`: the demo's storefronts, one of them the default mapping's.
_SEED = """
from config.kernel import clock
from config.pages.demo import shops
shops.open_shops(now=clock.now())
"""
_TABLE = """
CREATE TABLE yardstick (InvoiceNo text, StockCode text, Description text, Quantity int,
    InvoiceDate timestamp, UnitPrice numeric, CustomerID text, Country text)
"""
_GROUP = """
CREATE TABLE yardstick_sums AS SELECT InvoiceNo, CustomerID, sum(Quantity * UnitPrice), count(*)
FROM yardstick GROUP BY 1, 2
"""


def run(bench: Bench) -> None:
    """Measure both on the same file; CHANGKE_RETAIL_FILE names the real one, if it is here."""
    bench.manage("shell", "-v", "0", "-c", _SEED)
    with tempfile.TemporaryDirectory() as folder:
        path = _file(Path(folder))
        yardstick = bench.timed(lambda: _copy_and_group(bench.owner_url, path))
        said: list[str] = []
        took = bench.timed(lambda: said.append(bench.manage("import_orders", str(path))))
    bench.report.add(
        "import of order lines",
        value=took,
        unit="s",
        yardstick=yardstick,
        yardstick_name="COPY and GROUP BY, s",
        aim=AIM,
        at_most=True,
    )
    for line in said[0].splitlines():
        bench.report.note(line.strip())


def _file(folder: Path) -> Path:
    """Return the whole file unpacked, or the shipped part of it many times over."""
    path = folder / "lines.csv"
    whole = os.environ.get("CHANGKE_RETAIL_FILE")
    if whole:
        with gzip.open(whole, "rb") as packed:
            path.write_bytes(packed.read())
        return path
    with gzip.open(SAMPLE, "rt", encoding="utf-8", newline="") as packed:
        header, *rows = csv.reader(packed)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        for copy in range(COPIES):
            for number, *middle, customer, country in rows:
                buyer = f"{customer}-{copy}" if customer else ""
                writer.writerow([f"{number}-{copy}", *middle, buyer, country])
    return path


def _copy_and_group(url: str, path: Path) -> None:
    with psycopg.connect(url) as owner, path.open("rb") as file:
        owner.execute(_TABLE)
        with owner.cursor().copy("COPY yardstick FROM STDIN (FORMAT csv, HEADER)") as copy:
            while block := file.read(1 << 20):
                copy.write(block)
        owner.execute(_GROUP)
        owner.execute("DROP TABLE yardstick, yardstick_sums")
