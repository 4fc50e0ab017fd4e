"""Lay a file out for the import: every line numbered, judged, and given to a chunk.

Set-based, in an embedded database beside the file's own copy, with a bounded memory. The
same file and options always give the same layout, so an import that was killed lays it
out anew and goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from config.kernel.money import minor_digits
from loyalty.settlement.importing import files
from loyalty.settlement.importing.errors import FileUnreadableError
from loyalty.settlement.importing.files import Source
from loyalty.settlement.importing.mapping import OPTIONAL
from loyalty.settlement.importing.mapping import Mapping as FileMapping

MEMORY = "256MB"
NAME = "staged.duckdb"
_MAX_QUANTITY = 1_000_000
_MAX_PRICE = 1_000_000_000
_MICRO = 1_000_000

# The first reason that applies is a line's reason.
_JUDGE = """
CREATE TABLE judged AS
SELECT line, order_no, sku, name, category, brand, attributes, customer, quantity, price, dated,
       is_cancel,
       CASE
         WHEN order_no = '' THEN 'no_order_number'
         WHEN sku = '' THEN 'no_sku'
         WHEN quantity IS NULL OR quantity = 0 OR abs(quantity) > $most THEN 'bad_quantity'
         WHEN dated IS NULL THEN 'bad_date'
         WHEN price IS NULL OR price > $dearest THEN 'bad_price'
         WHEN customer = '' THEN 'no_customer'
         WHEN NOT regexp_matches(sku, $goods) THEN 'adjustment'
         WHEN price <= 0 THEN 'price_not_positive'
         WHEN is_cancel AND quantity > 0 THEN 'cancel_of_nothing'
         WHEN NOT is_cancel AND quantity < 0 THEN 'quantity_not_positive'
         WHEN length(order_no) > 64 OR length(sku) > 64 OR length(customer) > 120
              THEN 'too_long'
       END AS reason
FROM typed
"""
_SHIFT = """
UPDATE judged SET dated = dated + to_days(CAST(date_diff('day',
  (SELECT max(dated)::date FROM judged), $to) AS INTEGER)) WHERE dated IS NOT NULL
"""
# An order number names one order: whose line comes first, has it.
_OTHERS = """
UPDATE judged SET reason = 'other_customer'
FROM (SELECT order_no, arg_min(customer, line) AS owner FROM judged
      WHERE reason IS NULL GROUP BY order_no) AS o
WHERE judged.order_no = o.order_no AND judged.reason IS NULL AND judged.customer <> o.owner
"""
_TOO_MANY = """
UPDATE judged SET reason = 'too_many_lines' WHERE reason IS NULL AND line IN (
  SELECT line FROM judged WHERE reason IS NULL AND NOT is_cancel
  QUALIFY row_number() OVER (PARTITION BY order_no ORDER BY line) > 1000)
"""
_CUSTOMERS = """
CREATE TABLE customers AS
SELECT customer, joined_at, lines,
       CAST(1 + (sum(lines) OVER (ORDER BY first_line) - lines) // $size AS INTEGER) AS chunk
FROM (SELECT customer, min(dated) AS joined_at, min(line) AS first_line, count(*) AS lines
      FROM judged WHERE reason IS NULL GROUP BY customer)
"""
# Amounts are rounded half up to the minor unit, in whole numbers.
_GOOD = """
CREATE TABLE good AS
SELECT c.chunk, j.* EXCLUDE (reason, price),
       CAST(price * $scale AS BIGINT) AS micro,
       CAST((2 * CAST(price * $scale AS HUGEINT) * $unit + $scale) // (2 * $scale) AS BIGINT)
         AS unit_price,
       CAST((2 * CAST(price * $scale AS HUGEINT) * quantity * $unit + $scale) // (2 * $scale)
         AS BIGINT) AS list_amount,
       CASE WHEN is_cancel THEN 0 ELSE
         row_number() OVER (PARTITION BY j.order_no, is_cancel ORDER BY line) END AS line_no
FROM judged AS j JOIN customers AS c USING (customer) WHERE j.reason IS NULL
ORDER BY c.chunk
"""


_CANCELS = """
CREATE TABLE cancels AS
SELECT chunk, customer, sku, micro, line, order_no, dated, -quantity AS quantity
FROM good WHERE is_cancel ORDER BY chunk
"""
# Only what a cancel line might take back.
_BOUGHT = """
CREATE TABLE bought AS
SELECT chunk, customer, sku, micro, order_no, line_no, dated, quantity FROM good AS g
WHERE NOT is_cancel AND EXISTS (SELECT 1 FROM cancels AS c
  WHERE c.customer = g.customer AND c.sku = g.sku AND c.micro = g.micro)
ORDER BY chunk
"""


def stage(
    *,
    source: Source,
    mapping: FileMapping,
    currency: str,
    shift_to: date | None,
    chunk_lines: int,
    into: Path,
) -> None:
    """Lay the file out in `into`, amounts in minor units of `currency`.

    Raises:
        FileUnreadableError: the file cannot be read after all.
        MappingInvalidError: a Parquet file lacks a column.
    """
    with _database(into, read_only=False) as db:
        try:
            _load(db, source, mapping)
            _type(db, mapping)
        except duckdb.Error as wrong:
            said = str(wrong).splitlines()[0][:300]
            raise FileUnreadableError(f"{source.path.name}: {said}") from wrong
        db.execute(_JUDGE, {"most": _MAX_QUANTITY, "dearest": _MAX_PRICE, "goods": mapping.goods})
        if shift_to is not None:
            db.execute(_SHIFT, {"to": shift_to})
        db.execute(_OTHERS)
        db.execute(_TOO_MANY)
        db.execute(_CUSTOMERS, {"size": chunk_lines})
        db.execute(_GOOD, {"scale": _MICRO, "unit": 10 ** minor_digits(currency)})
        db.execute(_CANCELS)
        db.execute(_BOUGHT)


def _load(db: duckdb.DuckDBPyConnection, source: Source, mapping: FileMapping) -> None:
    """Read the file as it is, every value as text, lines numbered as in the file."""
    if source.kind == "parquet":
        columns = db.execute("SELECT * FROM read_parquet(?) LIMIT 0", [str(source.path)])
        files.check_columns(tuple(c[0] for c in columns.description or ()), mapping)
        db.execute(
            "CREATE VIEW raw AS SELECT file_row_number + 1 AS line, * EXCLUDE (file_row_number)"
            f" FROM read_parquet('{_quoted(source.path)}', file_row_number = true)"
        )
        db.execute("CREATE TABLE malformed (line BIGINT)")
        return
    # A row's place in the table is its place in the file. Small buffers, so that every thread
    # gets some of them.
    db.execute(
        "CREATE TABLE text_lines AS SELECT *"
        " FROM read_csv($path, header = true, all_varchar = true, auto_detect = false,"
        " columns = $columns, delim = $delimiter, quote = '\"', escape = '\"', nullstr = '',"
        " store_rejects = true, max_line_size = 1048576, buffer_size = 4194304)",
        {
            "path": str(source.path),
            "columns": dict.fromkeys(source.header, "VARCHAR"),
            "delimiter": mapping.delimiter,
        },
    )
    db.execute("CREATE TABLE malformed AS SELECT DISTINCT line FROM reject_errors")
    broken = db.execute("SELECT count(*) FROM malformed").fetchone()
    if broken == (0,):
        db.execute("CREATE VIEW raw AS SELECT rowid + 2 AS line, * FROM text_lines")
        return
    # The lines that were read fill the places between those that could not be.
    db.execute(
        "CREATE TABLE places AS SELECT row_number() OVER (ORDER BY line) - 1 AS place, line"
        " FROM (SELECT unnest(range(2, (SELECT count(*) FROM text_lines)"
        " + (SELECT count(*) FROM malformed) + 2)) AS line)"
        " WHERE line NOT IN (SELECT line FROM malformed)"
    )
    db.execute(
        "CREATE VIEW raw AS SELECT p.line, t.* FROM text_lines t JOIN places p ON p.place = t.rowid"
    )


def _type(db: duckdb.DuckDBPyConnection, mapping: FileMapping) -> None:
    """Give the columns their meaning; what cannot be read becomes NULL and is judged so."""

    def text(name: str) -> str:
        column = mapping.columns.get(name)
        return f"coalesce(trim(CAST({_name(column)} AS VARCHAR)), '')" if column else "''"

    at = f"try_cast({text('at')} AS TIMESTAMP)"
    if mapping.date_format:
        at = f"coalesce(try_strptime({text('at')}, {_literal(mapping.date_format)}), {at})"
    kept = ", ".join(
        f"{_literal(key)}: coalesce(CAST({_name(column)} AS VARCHAR), '')"
        for key, column in sorted(mapping.attributes.items())
    )
    cancel = f"regexp_matches({text('order_no')}, {_literal(mapping.cancels)})"
    optional = ", ".join(
        f"left({text(name)}, {limit}) AS {name}"
        for name, limit in zip(OPTIONAL, (200, 200, 100), strict=True)
    )
    db.execute(
        f"CREATE VIEW typed AS SELECT line, {text('order_no')} AS order_no, {text('sku')} AS sku,"
        # Tools that know no empty numbers write a customer as 17850.0.
        f" regexp_replace({text('customer')}, '^([0-9]+)\\.0+$', '\\1') AS customer, {optional},"
        f" {'{' + kept + '}' if kept else 'NULL'} AS attributes,"
        f" try_cast(try_cast({text('quantity')} AS DECIMAL(18,6)) AS BIGINT) AS whole,"
        f" CASE WHEN whole = try_cast({text('quantity')} AS DECIMAL(18,6)) THEN whole END"
        f"   AS quantity,"
        f" try_cast({text('unit_price')} AS DECIMAL(18,6)) AS price, {at} AS dated,"
        f" {cancel if mapping.cancels else 'false'} AS is_cancel FROM raw"
    )


def count_lines(into: Path) -> int:
    """Return how many lines the file has, good and bad, without its header."""
    return _number(into, "SELECT (SELECT count(*) FROM judged) + (SELECT count(*) FROM malformed)")


def list_chunks(into: Path) -> list[tuple[int, int, int]]:
    """Return the chunks: number, customers, lines."""
    return _rows(
        into,
        "SELECT chunk, count(*), CAST(sum(lines) AS BIGINT) FROM customers GROUP BY 1 ORDER BY 1",
    )


def count_rejects(into: Path) -> dict[str, int]:
    """Return how many lines the layout itself rejects, by reason."""
    found = _rows(into, "SELECT reason, count(*) FROM judged WHERE reason IS NOT NULL GROUP BY 1")
    if broken := _number(into, "SELECT count(*) FROM malformed"):
        found.append(("malformed", broken))
    return dict(found)


def rejects(into: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that the layout itself rejects, in the order of the file."""
    with _database(into) as db:
        found = db.execute(
            "SELECT line, reason FROM judged WHERE reason IS NOT NULL"
            " UNION ALL SELECT line, 'malformed' FROM malformed ORDER BY line"
        )
        while rows := found.fetchmany(10_000):
            yield from rows


@contextmanager
def opened(into: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the layout for reading; several processes may."""
    with _database(into) as db:
        yield db


@contextmanager
def _database(into: Path, *, read_only: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    spill: dict[str, Any] = {
        "memory_limit": MEMORY,
        "temp_directory": str(into / "spill"),
        "threads": 2,
    }
    db = duckdb.connect(str(into / NAME), read_only=read_only, config=spill)
    try:
        yield db
    finally:
        db.close()


def _rows(into: Path, sql: str) -> list[Any]:
    with _database(into) as db:
        return db.execute(sql).fetchall()


def _number(into: Path, sql: str) -> int:
    return int(_rows(into, sql)[0][0])


def _name(column: str | None) -> str:
    return '"' + (column or "").replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
