"""The mall's own proof: stock, codes and orders tell the same story."""

from __future__ import annotations

from django.db import connection

_STOCK = """
SELECT i.code, coalesce(moved.n, 0) - coalesce(gone.n, 0) AS ought, i.left AS is
  FROM mall_item i
  LEFT JOIN (SELECT item_id, sum(change) AS n FROM mall_stockmove
              WHERE store_id IS NULL GROUP BY 1) moved ON moved.item_id = i.id
  LEFT JOIN (SELECT item_id, sum(quantity) AS n FROM mall_order
              WHERE counted AND NOT restocked AND delivery <> 'collect'
              GROUP BY 1) gone ON gone.item_id = i.id
 WHERE i.left IS NOT NULL AND coalesce(moved.n, 0) - coalesce(gone.n, 0) <> i.left
"""
_STORES = """
SELECT i.code, s.store_id, coalesce(moved.n, 0) - coalesce(gone.n, 0) AS ought, s.left AS is
  FROM mall_storestock s
  JOIN mall_item i ON i.id = s.item_id
  LEFT JOIN (SELECT item_id, store_id, sum(change) AS n FROM mall_stockmove
              GROUP BY 1, 2) moved ON (moved.item_id, moved.store_id) = (s.item_id, s.store_id)
  LEFT JOIN (SELECT item_id, store_id, sum(quantity) AS n FROM mall_order
              WHERE counted AND NOT restocked AND delivery = 'collect'
              GROUP BY 1, 2) gone ON (gone.item_id, gone.store_id) = (s.item_id, s.store_id)
 WHERE coalesce(moved.n, 0) - coalesce(gone.n, 0) <> s.left
"""
_CODES = """
SELECT i.code, i.left + coalesce(waiting.n, 0) AS ought, coalesce(free.n, 0) AS is
  FROM mall_item i
  JOIN (SELECT DISTINCT item_id FROM mall_code) has ON has.item_id = i.id
  LEFT JOIN (SELECT item_id, count(*) AS n FROM mall_code
              WHERE order_id IS NULL GROUP BY 1) free ON free.item_id = i.id
  LEFT JOIN (SELECT item_id, sum(quantity) AS n FROM mall_order
              WHERE status = 'awaiting_payment' GROUP BY 1) waiting ON waiting.item_id = i.id
 WHERE i.left + coalesce(waiting.n, 0) <> coalesce(free.n, 0)
"""


def list_differences() -> list[str]:
    """Return where stock does not follow from moves and orders: none, if all is well."""
    found = []
    for title, sql in (("stock", _STOCK), ("store stock", _STORES), ("codes", _CODES)):
        with connection.cursor() as cursor:
            cursor.execute(sql)
            found += [f"{title} of {row[0]}: {row[-2]} expected, {row[-1]} found" for row in cursor]
    return found
