"""What the tests of imports share: a shop, small files, and the state they leave behind."""

from __future__ import annotations

import hashlib
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from tests.factories.loyalty import make_rules
from tests.factories.programmes import Shop, make_shop

SAMPLE = Path(__file__).parents[2] / "config/pages/demo/data/online_retail_sample.csv.gz"
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"

# Everything an import may write, without ids and without the time of recording.
_STATE = """
SELECT 'order', o.external_no, o.status, o.placed_at::text, o.completed_at::text, o.goods,
       o.refunded, o.points, o.points_taken, o.growth, o.growth_taken, o.tier_before,
       o.tier_after, o.run FROM commerce_order o
UNION ALL
SELECT 'line', o.external_no, l.sku, l.name, '', l.line_no, l.quantity, l.net, l.points_earned,
       l.refunded, l.refunded_quantity, '', '', 0
FROM commerce_orderline l JOIN commerce_order o ON o.id = l.order_id
UNION ALL
SELECT 'event', o.external_no, e.kind, e.occurred_at::text, e.refund_no, 0, 0, 0, 0, 0, 0, '', '', 0
FROM commerce_orderevent e JOIN commerce_order o ON o.id = e.order_id
UNION ALL
SELECT 'entry', a.currency, e.kind, e.occurred_at::text, e.reason, e.points, e.balance_after,
       0, 0, 0, 0, '', '', 0
FROM points_entry e JOIN points_account a ON a.id = e.account_id AND a.member_id = e.member_id
UNION ALL
SELECT 'lot', l.expires_at::text, l.available_at::text, '', '', l.points, l.remaining, 0, 0, 0, 0,
       '', '', 0 FROM points_lot l
UNION ALL
SELECT 'tier', t.tier_code, t.since::text, t.until::text, t.spends::text, 0, 0, 0, 0, 0, 0, '', '',
       t.changes FROM loyalty_membertier t
UNION ALL
SELECT 'change', c.from_code, c.to_code, c.why, c.occurred_at::text, 0, 0, 0, 0, 0, 0, '', '',
       c.number FROM loyalty_tierchange c
"""


def open_shop() -> Shop:
    """Open the storefront that the default mapping imports into."""
    shop = make_shop("online-retail", "GBP", "Europe/London")
    make_rules(shop, flat=True)
    return shop


def write(folder: Path, *lines: str, name: str = "orders.csv", header: str = HEADER) -> Path:
    """Write a file of lines."""
    path = folder / name
    path.write_text(header + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def run(path: Path, **options: Any) -> str:
    """Import a file; return what was printed."""
    out = StringIO()
    call_command("import_orders", path, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def digest() -> str:
    """Return a hash of everything that imports write, whatever the ids."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        rows = sorted(str(row) for row in cursor.fetchall())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
