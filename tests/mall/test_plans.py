"""A member with thousands of orders opens the mall as quickly as one with a few."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from points.mall import models, selectors
from tests.factories.mall import NOON, make_mall
from tests.statistics import analyze

LONG = 5_000
FEW_ROWS = 120

# Copies of one true order: only what must differ does.
_COPY = """
INSERT INTO {table}
SELECT (jsonb_populate_record(o, jsonb_build_object(
           'id', nextval(pg_get_serial_sequence('{table}', 'id')),
           'number', 'N' || n, 'idem_key', 'copy:' || n))).*
  FROM {table} o, generate_series(1, {count}) n
 WHERE o.id = {order}
"""


@pytest.mark.django_db
def test_a_page_of_orders_reads_a_page_of_orders():
    mall = make_mall()
    item = mall.item(stock=20, points=1)
    buyer, others = mall.buyer(10), [mall.buyer(10) for _ in range(5)]
    order = mall.order(item, buyer)
    for other in others:
        mall.order(item, other)
    table = models.Order._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(_COPY.format(table=table, count=LONG, order=order.id))
    analyze(table)
    last = models.Order.objects.filter(member_id=buyer).latest("id").pk
    page: dict[str, Any] = {"member_ids": [buyer], "programme_id": mall.shop.programme.id}

    for name, run in {
        "first page": lambda: selectors.list_orders(**page),
        "in the middle": lambda: selectors.list_orders(**page, before=last - LONG // 2),
        "one order": lambda: selectors.get_order(member_id=buyer, order_id=last),
        "latest address": lambda: selectors.find_latest_address(member_ids=[buyer]),
        "shelf": lambda: selectors.list_items(
            programme_id=mall.shop.programme.id, at=NOON, limit=20
        ),
    }.items():
        rows, scans = _rows_read(table, run)
        assert rows <= FEW_ROWS, (name, rows)
        assert scans == 0, name


def _rows_read(table: str, run: Any) -> tuple[int, int]:
    before = _counted(table)
    assert run()
    rows, scans = (after - was for after, was in zip(_counted(table), before, strict=True))
    return rows, scans


def _counted(table: str) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0), seq_scan
              FROM pg_stat_xact_user_tables WHERE relname = %s""",
            [table],
        )
        rows, scans = cursor.fetchone()
        return int(rows), int(scans)
