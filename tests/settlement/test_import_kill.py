"""A SIGKILL at any moment, and the import run again: the same end. The whole file as a soak."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from loyalty.settlement import selectors
from loyalty.settlement.services import imports, settling
from tests.settlement.imports import SAMPLE, digest, open_shop, run
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
WHOLE = os.environ.get("CHANGKE_RETAIL_FILE", "")


def started(path: Path, *options: str) -> subprocess.Popen[bytes]:
    """Import in a process of its own, against the tests' database."""
    s = connection.settings_dict
    url = f"postgresql://{s['USER']}:{s['PASSWORD']}@{s['HOST']}:{s['PORT']}/{s['NAME']}"
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_orders", str(path), *options],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url, "DATABASE_OWNER_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_after_chunks(path: Path, chunks: int, *options: str) -> None:
    """Start the import and kill it soon after it has done so many more chunks."""
    before = done()
    process = started(path, *options)
    try:
        wait_until(lambda: done() >= before + chunks or process.poll() is not None, seconds=120)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=random.random() / 5)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def done() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM settlement_importchunk WHERE done_at IS NOT NULL")
        return int(cursor.fetchone()[0])


def differences() -> str:
    out = StringIO()
    call_command("reconcile", stdout=out)
    return out.getvalue()


def test_import_killed_by_the_system_ends_the_same():
    open_shop()
    with transaction.atomic():
        run(SAMPLE, chunk=250)
        whole = digest()
        transaction.set_rollback(True)

    for _ in range(2):
        kill_after_chunks(SAMPLE, 2, "--chunk", "250")
    half = selectors.list_imports()[0]
    assert (half.state, done() > 0) == ("running", True)
    run(SAMPLE, chunk=250)

    assert digest() == whole
    assert "differences: 0" in differences()


def test_processes_share_an_import_and_end_the_same():
    open_shop()
    with transaction.atomic():
        run(SAMPLE, chunk=250, jobs=4)  # alone: nobody else could see what it does
        whole = digest()
        transaction.set_rollback(True)

    said = run(SAMPLE, chunk=250, jobs=3)

    assert digest() == whole
    assert "of a helper" in said
    assert "differences: 0" in differences()


def test_an_import_goes_on_without_a_helper_that_died(monkeypatch: pytest.MonkeyPatch):
    open_shop()
    with transaction.atomic():
        run(SAMPLE, chunk=250)
        whole = digest()
        transaction.set_rollback(True)
    parent, real = os.getpid(), settling.settle

    def dies_in_helpers(**asked: Any) -> Any:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(**asked)

    monkeypatch.setattr(imports, "settle", dies_in_helpers)

    run(SAMPLE, chunk=250, jobs=2)

    assert digest() == whole


def test_a_killed_import_goes_on_in_the_chunks_it_was_started_in():
    open_shop()
    with transaction.atomic():
        run(SAMPLE, chunk=250)
        whole = digest()
        transaction.set_rollback(True)
    kill_after_chunks(SAMPLE, 2, "--chunk", "250")

    run(SAMPLE, chunk=333)

    assert digest() == whole
    assert selectors.list_imports()[0].state == "done"


@pytest.mark.soak
@pytest.mark.skipif(not WHOLE, reason="CHANGKE_RETAIL_FILE names no file")
def test_whole_file_killed_and_repeated(tmp_path: Path):
    open_shop()
    for _ in range(3):
        kill_after_chunks(Path(WHOLE), 4)
    run(Path(WHOLE), rejects=tmp_path / "rejects.csv")
    end = digest()

    progress = selectors.list_imports()[0]
    refused = (tmp_path / "rejects.csv").read_text().count("\n") - 1
    assert progress.imported + refused == progress.lines == 541_909
    cancels = progress.rejected["cancel_not_tied"]
    assert 0.16 <= cancels / 8_539 <= 0.20
    assert worth() == by_duckdb(WHOLE)
    assert "differences: 0" in differences()
    run(Path(WHOLE))
    assert digest() == end


def worth() -> dict[str, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.external_no, o.goods, e.points FROM commerce_order o LEFT JOIN points_entry e"
            " ON e.member_id = o.member_id AND e.reason = o.external_no AND e.kind = 'earn'"
            " AND e.account_id IN (SELECT id FROM points_account WHERE currency = 'points')"
        )
        return {no: (goods, points or 0) for no, goods, points in cursor.fetchall()}


def by_duckdb(path: str) -> dict[str, tuple[int, int]]:
    """Compute each order's pence and points by other means than the import's."""
    found: list[Any] = duckdb.execute(
        """
        SELECT InvoiceNo, sum(floor(Quantity * UnitPrice * 100 + 0.5)::BIGINT)::BIGINT
        FROM read_csv(?, types={'Quantity': 'BIGINT', 'UnitPrice': 'DECIMAL(12,3)',
                                'InvoiceNo': 'VARCHAR', 'StockCode': 'VARCHAR'})
        WHERE CustomerID IS NOT NULL AND StockCode SIMILAR TO '[0-9]{5}.*' AND UnitPrice > 0
              AND Quantity > 0 AND InvoiceNo NOT LIKE 'C%'
        GROUP BY ALL
        """,
        [path],
    ).fetchall()
    return {number: (pence, pence // 100) for number, pence in found}
