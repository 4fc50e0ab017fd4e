"""Copy the lines of many orders into their table, as PostgreSQL's COPY text."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from config.kernel import statements
from members.commerce.lines import Line, PackedOrderLines
from members.commerce.types import Order

_COPY = """
COPY commerce_orderline (member_id, order_id, line_no, sku, name, category, brand, quantity,
    unit_price, list_amount, discount, campaign_share, coupon_share, points_share, net,
    points_earned, growth_earned, earn_rule, multiplier, refunded, refunded_quantity)
FROM STDIN
"""
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_lines(orders: Iterable[Order]) -> None:
    """Copy all lines of new orders."""
    rows: list[str] = []
    for order in orders:
        key, lines = f"{order.member_id}\t{order.id}", order.lines
        if isinstance(lines, PackedOrderLines):
            rows += lines.copied(key)
        else:
            rows += [_row(key, line) for line in lines]
    text = "".join(rows)
    statements.arrive()
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.write(text)


def _row(key: str, line: Line) -> str:
    return (
        f"{key}\t{line.line_no}\t{_text(line.sku)}\t{_text(line.name)}\t{_text(line.category)}\t"
        f"{_text(line.brand)}\t{line.quantity}\t{line.unit_price}\t{line.list_amount}\t"
        f"{line.discount}\t{line.campaign_share}\t{line.coupon_share}\t{line.points_share}\t"
        f"{line.net}\t{line.points_earned}\t{line.growth_earned}\t{line.earn_rule}\t"
        f"{line.multiplier}\t{line.refunded}\t{line.refunded_quantity}\n"
    )


def _text(value: str) -> str:
    # Nearly every text goes as it is, and these two tests are the cheapest to say so.
    if value.isprintable() and "\\" not in value:
        return value
    return value.translate(_ESCAPES)
