"""import_orders: every line accounted for, every point explained, nothing twice."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from config.kernel import clock
from config.kernel.models import AuditRecord, OutboxEvent
from loyalty.settlement import selectors
from loyalty.settlement.importing import mapping
from loyalty.settlement.importing.errors import ImportNotFoundError
from loyalty.settlement.models import ImportRun
from loyalty.settlement.services import imports, settling
from tests.settlement.imports import HEADER, SAMPLE, digest, open_shop, run, write

pytestmark = pytest.mark.django_db
TEA = "536365,85123A,TEA,6,2011-11-01 08:26:00,2.55,17850,United Kingdom"
LATER = "2011-11-05 10:00:00"


@pytest.fixture(autouse=True)
def shop() -> Any:
    return open_shop()


def orders() -> dict[str, tuple[int, int, int, int]]:
    """Return (goods, points, refunded, points taken) of each order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT external_no, goods, points, refunded, points_taken FROM commerce_order"
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}


def reasons(path: Path) -> list[tuple[int, str]]:
    with path.open(newline="") as file:
        return [(int(row["line"]), row["reason"]) for row in csv.DictReader(file)]


def by_duckdb() -> dict[str, tuple[int, int]]:
    """Compute what each order of the sample is worth, by other means than the import's."""
    rows = duckdb.execute(
        """
        SELECT InvoiceNo, sum(floor(Quantity * UnitPrice * 100 + 0.5)::BIGINT)::BIGINT
        FROM read_csv(?, types={'Quantity': 'BIGINT', 'UnitPrice': 'DECIMAL(12,3)',
                                'InvoiceNo': 'VARCHAR', 'StockCode': 'VARCHAR'})
        WHERE CustomerID IS NOT NULL AND StockCode SIMILAR TO '[0-9]{5}.*' AND UnitPrice > 0
              AND Quantity > 0 AND InvoiceNo NOT LIKE 'C%'
        GROUP BY ALL
        """,
        [str(SAMPLE)],
    ).fetchall()
    return {number: (pence, pence // 100) for number, pence in rows}


def test_sample_every_line_is_imported_or_rejected_and_every_point_is_right(tmp_path: Path):
    said = run(SAMPLE, rejects=tmp_path / "rejects.csv", chunk=700)

    refused = reasons(tmp_path / "rejects.csv")
    lines = gzip.decompress(SAMPLE.read_bytes()).count(b"\n") - 1
    progress = selectors.list_imports()[0]
    assert progress.imported + len(refused) == progress.lines == lines == 4481
    assert len({line for line, _ in refused}) == len(refused)
    assert [line for line, _ in refused] == sorted(line for line, _ in refused)
    assert progress.rejected.total() == len(refused)
    assert f"imported: {progress.imported}  rejected: {len(refused)}" in said
    assert "lines/s, peak memory" in said

    found = orders()
    assert {no: row[:2] for no, row in found.items()} == by_duckdb()
    assert progress.orders == len(found)
    out = StringIO()
    call_command("reconcile", stdout=out)
    assert "differences: 0" in out.getvalue()


def test_refunds_take_the_share_of_what_was_earned():
    run(SAMPLE)

    for goods, points, refunded, taken in orders().values():
        assert 0 <= refunded <= goods
        assert taken <= points
        if refunded == goods:
            assert taken == points


def test_second_run_changes_nothing_and_says_so(tmp_path: Path):
    run(SAMPLE, rejects=tmp_path / "first.csv")
    before, told = digest(), OutboxEvent.objects.count()

    said = run(SAMPLE, rejects=tmp_path / "second.csv")

    assert "nothing to do" in said
    assert (digest(), OutboxEvent.objects.count()) == (before, told)
    assert (tmp_path / "first.csv").read_text() == (tmp_path / "second.csv").read_text()


def test_same_lines_in_another_file_change_nothing_either(tmp_path: Path):
    run(SAMPLE)
    before = digest()
    plain = tmp_path / "plain.csv"
    plain.write_bytes(gzip.decompress(SAMPLE.read_bytes()))

    run(plain, chunk=333)

    assert digest() == before
    runs = selectors.list_imports()
    assert len(runs) == 2
    assert runs[0].imported == runs[1].imported


def test_killed_import_goes_on_to_the_same_end(monkeypatch: pytest.MonkeyPatch):
    with transaction.atomic():
        run(SAMPLE, chunk=500)
        whole = digest()
        transaction.set_rollback(True)
    settle, calls = settling.settle, []

    def dies_in_the_third_chunk(**asked: Any) -> Any:
        calls.append(1)
        answers = settle(**asked)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return answers

    monkeypatch.setattr(imports, "settle", dies_in_the_third_chunk)
    with pytest.raises(KeyboardInterrupt):
        run(SAMPLE, chunk=500)
    half = selectors.list_imports()[0]
    assert half.state == "running"
    assert 0 < half.done < half.lines

    run(SAMPLE, chunk=500)

    assert digest() == whole
    assert selectors.list_imports()[0].state == "done"


def test_one_event_tells_of_a_chunk():
    run(SAMPLE, chunk=10_000)

    names = list(OutboxEvent.objects.values_list("name", flat=True))
    assert sum("orders_imported" in name for name in names) == 1
    assert not [name for name in names if name.startswith(("points.", "loyalty.tier_"))]


def test_h39_cancel_splits_over_earlier_purchases_newest_first(tmp_path: Path):
    path = write(
        tmp_path,
        "1,85123A,TEA,6,2011-11-01 08:00:00,1.00,17850,UK",
        "2,85123A,TEA,4,2011-11-02 08:00:00,1.00,17850,UK",
        "2,85123A,TEA,9,2011-11-02 08:00:00,1.10,17850,UK",
        "3,85123A,TEA,50,2011-11-02 08:00:00,1.00,99999,UK",
        "C4,85123A,TEA,-7,2011-11-03 08:00:00,1.00,17850,UK",
        "5,85123A,TEA,90,2011-11-04 08:00:00,1.00,17850,UK",
        "C6,85123A,TEA,-4,2011-11-03 09:00:00,1.00,17850,UK",
        "C7,85123A,TEA,-3,2011-11-03 10:00:00,1.00,17850,UK",
    )

    run(path, rejects=tmp_path / "rejects.csv")

    refunded = {no: row[2] for no, row in orders().items()}
    # C4 takes all 4 of order 2 and 3 of order 1; C6 finds 3 left of what it wants 4 of.
    assert refunded == {"1": 600, "2": 400, "3": 0, "5": 0}
    assert reasons(tmp_path / "rejects.csv") == [(8, "cancel_not_tied")]


def test_each_reason_with_its_line(tmp_path: Path):
    path = write(
        tmp_path,
        TEA,
        "536365,85123A,TEA,6,2011-11-01 08:26:00,2.55,,United Kingdom",
        "536365,POST,POSTAGE,1,2011-11-01 08:26:00,18.00,17850,United Kingdom",
        "536365,85123A,TEA,6,2011-11-01 08:26:00,0.00,17850,United Kingdom",
        "536365,85123A,TEA,-6,2011-11-01 08:26:00,2.55,17850,United Kingdom",
        "536365,85123A,TEA,six,2011-11-01 08:26:00,2.55,17850,United Kingdom",
        "536365,85123A,TEA,1.5,2011-11-01 08:26:00,2.55,17850,United Kingdom",
        "536365,85123A,TEA,6,2011-31-11 08:26:00,2.55,17850,United Kingdom",
        "536365,85123A,TEA,6,2011-11-01 08:26:00,cheap,17850,United Kingdom",
        ",85123A,TEA,6,2011-11-01 08:26:00,2.55,17850,United Kingdom",
        "536365,,TEA,6,2011-11-01 08:26:00,2.55,17850,United Kingdom",
        "536365,85123A,TEA,6,2011-11-01 08:26:00,2.55,11111,United Kingdom",
        "C536366,85123A,TEA,-1,2011-10-01 08:26:00,2.55,17850,United Kingdom",
        "536365,85123A,TEA",
        "536365,85123A,TEA,6,2011-11-01 08:26:00,2.55,17850,UK,too,many",
        f"536365,{'1' * 65},TEA,6,2011-11-01 08:26:00,2.55,17850,United Kingdom",
        # Exact duplicates are real lines.
        TEA,
    )

    run(path, rejects=tmp_path / "rejects.csv")

    assert reasons(tmp_path / "rejects.csv") == [
        (3, "no_customer"),
        (4, "adjustment"),
        (5, "price_not_positive"),
        (6, "quantity_not_positive"),
        (7, "bad_quantity"),
        (8, "bad_quantity"),
        (9, "bad_date"),
        (10, "bad_price"),
        (11, "no_order_number"),
        (12, "no_sku"),
        (13, "other_customer"),
        (14, "cancel_not_tied"),
        (15, "malformed"),
        (16, "malformed"),
        (17, "too_long"),
    ]
    assert orders() == {"536365": (2 * 1530, 30, 0, 0)}


def test_h37_a_line_is_rounded_half_up_to_the_penny(tmp_path: Path):
    prices = [(4, "0.001"), (5, "0.001"), (3, "0.015"), (7, "2.555"), (1, "0.0049"), (1, "1e-2")]
    lines = [
        f"{n},85123A,TEA,{quantity},2011-11-01 08:26:00,{price},1,UK"
        for n, (quantity, price) in enumerate(prices)
    ]

    run(write(tmp_path, *lines))

    assert [row[0] for _, row in sorted(orders().items())] == [0, 1, 5, 1789, 0, 1]


def test_same_number_with_other_content_is_a_conflict(tmp_path: Path):
    run(write(tmp_path, TEA))
    before = digest()

    run(write(tmp_path, TEA.replace("2.55", "2.75"), name="b.csv"), rejects=tmp_path / "r.csv")

    assert digest() == before
    assert reasons(tmp_path / "r.csv") == [(2, "order.conflict")]


def test_shift_moves_all_dates_by_whole_days(tmp_path: Path):
    path = write(tmp_path, TEA, "2,85123A,TEA,1,2011-11-06 23:59:00,1.00,17850,UK")

    run(path, shift_to=date(2026, 7, 1))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT placed_at AT TIME ZONE 'Europe/London' FROM commerce_order ORDER BY 1"
        )
        days = [at.isoformat() for (at,) in cursor.fetchall()]
    assert days == ["2026-06-26T08:26:00", "2026-07-01T23:59:00"]


def test_h21_naive_times_are_the_programmes(tmp_path: Path):
    run(write(tmp_path, TEA.replace("2011-11-01", "2011-07-01")))

    with connection.cursor() as cursor:
        cursor.execute("SELECT placed_at AT TIME ZONE 'UTC' FROM commerce_order")
        assert cursor.fetchone()[0].isoformat() == "2011-07-01T07:26:00"


def test_dry_run_keeps_nothing(tmp_path: Path):
    before = digest()

    said = run(SAMPLE, dry_run=True)

    assert "nothing was kept" in said
    assert "imported: 4" in said
    assert digest() == before
    assert not ImportRun.objects.exists()


def test_parquet_and_json_mapping_import_the_same(tmp_path: Path):
    with transaction.atomic():
        run(SAMPLE)
        whole = digest()
        transaction.set_rollback(True)
    typed = tmp_path / "orders.parquet"
    duckdb.execute(
        f"COPY (SELECT InvoiceNo AS number, * EXCLUDE (InvoiceNo, CustomerID),"
        f" CustomerID::DOUBLE AS CustomerID FROM read_csv('{SAMPLE}',"
        f" types={{'UnitPrice': 'DECIMAL(12,3)'}})) TO '{typed}' (FORMAT parquet)"
    )
    values = mapping.load(mapping.DEFAULT).as_json()
    values["columns"]["order_no"] = "number"
    (tmp_path / "mapping.json").write_text(json.dumps(values))

    run(typed, mapping=tmp_path / "mapping.json")

    assert digest() == whole


def broken_gzip(path: Path) -> None:
    path.write_bytes(SAMPLE.read_bytes()[:2000] + b"\0" * 500 + SAMPLE.read_bytes()[2500:])


BAD_FILES = {
    "missing": lambda path: None,
    "empty": lambda path: path.write_bytes(b""),
    "blank": lambda path: path.write_bytes(b"\n"),
    "folder": lambda path: path.mkdir(),
    "corrupt gzip": broken_gzip,
    "cut gzip": lambda path: path.write_bytes(SAMPLE.read_bytes()[:-2000]),
    "no gzip": lambda path: path.write_bytes(b"\x1f\x8bnot really"),
    "missing column": lambda path: path.write_text("InvoiceNo,StockCode\n1,2\n"),
    "column twice": lambda path: path.write_text(HEADER.replace("Country", "StockCode") + TEA),
    "utf-16": lambda path: path.write_text(HEADER + TEA, encoding="utf-16"),
    "latin-1": lambda path: path.write_text(HEADER + TEA.replace("TEA", "TH\xc9"), "latin-1"),
    "cut parquet": lambda path: path.write_bytes(b"PAR1" + b"\0" * 100),
}


@pytest.mark.parametrize("fault", BAD_FILES)
def test_bad_file_is_refused_in_words_and_nothing_is_done(fault: str, tmp_path: Path):
    path = tmp_path / "orders.csv"
    BAD_FILES[fault](path)

    with pytest.raises(CommandError) as refused:
        run(path)

    assert len(str(refused.value)) > 20
    assert "Traceback" not in str(refused.value)
    assert not ImportRun.objects.exists()
    assert orders() == {}


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        "[columns]\norder_no = 'a'\n",
        "shelf = 'x'\n[columns]\n",
        "goods = '('\n[columns]\norder_no='a'\nsku='b'\nquantity='c'\nat='d'\nunit_price='e'\n"
        "customer='f'\n",
    ],
)
def test_bad_mapping_is_refused(text: str, tmp_path: Path):
    (tmp_path / "mapping.toml").write_text(text)

    with pytest.raises(CommandError):
        run(SAMPLE, mapping=tmp_path / "mapping.toml")


def test_unknown_storefront_is_refused():
    with pytest.raises(CommandError, match="no storefront 'nowhere'"):
        run(SAMPLE, storefront="nowhere")


def test_cancelled_import_stays_cancelled_until_it_is_resumed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(imports, "finish_import", lambda **_: False)
    run(SAMPLE)
    run_id, now = selectors.list_imports()[0].id, clock.now()

    imports.cancel_import(run_id=run_id, actor="staff:1", reason="wrong file", now=now)
    with pytest.raises(CommandError, match="cancelled"):
        run(SAMPLE)
    with pytest.raises(ImportNotFoundError):
        imports.cancel_import(run_id=run_id, actor="staff:1", reason="again", now=now)

    imports.resume_import(run_id=run_id, actor="staff:1", reason="right after all", now=now)
    monkeypatch.undo()
    run(SAMPLE)
    assert selectors.get_import(run_id=run_id).state == "done"
    trail = AuditRecord.objects.filter(target=f"import:{run_id}").order_by("id")
    assert [r.action.split(".")[1] for r in trail] == ["started", "cancelled", "resumed", "done"]
    with pytest.raises(ImportNotFoundError):
        selectors.get_import(run_id=0)


def test_someone_whose_every_line_is_refused_becomes_no_member(tmp_path: Path):
    only_cancel = f"C536370,85123A,TEA,-6,{LATER},2.55,19999,United Kingdom"

    run(write(tmp_path, TEA, only_cancel), rejects=tmp_path / "rejects.csv")

    assert reasons(tmp_path / "rejects.csv") == [(3, "cancel_not_tied")]
    assert selectors.list_imports()[0].members == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM members_member")
        assert cursor.fetchone() == (1,)
