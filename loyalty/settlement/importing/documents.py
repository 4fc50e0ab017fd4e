"""Make the documents of a chunk: orders, and the refunds that its cancel lines come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from loyalty.settlement.importing.tying import Cancel, Purchase, Tie, tie
from members.commerce.services import MOST_LINES, MOST_MONEY
from members.commerce.types import (
    EventReport,
    OrderReport,
    PackedLines,
    RefundLineReport,
    Stage,
    read_content,
)

Staged = duckdb.DuckDBPyConnection
_CUSTOMERS = "SELECT customer, joined_at, lines FROM customers WHERE chunk = ?"
# Lines leave as columns: their content as JSON, their amounts, and their rows as COPY takes
# them. Where a text would have to be escaped, or an amount is out of bounds, they are opened.
_ORDERS = r"""
SELECT customer, order_no, min(dated), arg_min(attributes, line), min(line),
       bool_and(packs) AND count(*) <= $lines AND sum(list_amount) <= $money,
       string_agg(content, ',' ORDER BY line_no),
       string_agg(list_amount, ',' ORDER BY line_no),
       string_agg(copied, chr(10) ORDER BY line_no)
FROM (
  SELECT customer, order_no, dated, attributes, line, line_no, list_amount,
         NOT regexp_matches(concat(sku, name, category, brand), '[\x00-\x1f\\]')
           AND list_amount BETWEEN 0 AND $money AS packs,
         concat('[', line_no, ',', to_json(sku), ',', to_json(name), ',', to_json(category), ',',
                to_json(brand), ',', quantity, ',', unit_price, ',0,', list_amount, ']') AS content,
         concat_ws(chr(9), line_no, sku, name, category, brand, quantity, unit_price, list_amount,
                   0, 0, 0, 0, list_amount) AS copied
  FROM good WHERE chunk = $chunk AND NOT is_cancel)
GROUP BY customer, order_no
"""
_LINES = "SELECT line FROM good WHERE chunk = ? AND order_no = ? AND NOT is_cancel"
_CANCELS = """
SELECT line, order_no, customer, sku, micro, dated, quantity FROM cancels WHERE chunk = ?
"""
_BOUGHT = """
SELECT customer, sku, micro, order_no, line_no, dated, quantity FROM bought WHERE chunk = ?
"""


@dataclass(frozen=True, slots=True)
class Document:
    """A report, and the lines of the file that it stands for: of an order only the first."""

    report: OrderReport | EventReport
    lines: tuple[int, ...]


@dataclass(slots=True, kw_only=True)
class Chunk:
    """Some customers of a file: when each came, what they did, and the lines of no use."""

    joined: dict[str, datetime]
    lines: int
    orders: list[tuple[Any, ...]] = field(default_factory=list)
    refunds: list[tuple[str, Document]] = field(default_factory=list)
    rejected: dict[int, str] = field(default_factory=dict)


def read_chunk(db: Staged, number: int, *, zone: ZoneInfo) -> Chunk:
    """Read a chunk of a laid out file; the file's naive times are in `zone`."""
    customers = db.execute(_CUSTOMERS, [number]).fetchall()
    orders = db.execute(
        _ORDERS, {"chunk": number, "lines": MOST_LINES, "money": MOST_MONEY}
    ).fetchall()
    # Someone whose every line is refused is nobody's customer: no member comes of it.
    buyers = {row[0] for row in orders}
    chunk = Chunk(
        joined={name: at.replace(tzinfo=zone) for name, at, _ in customers if name in buyers},
        lines=sum(lines for _, _, lines in customers),
        orders=orders,
    )
    cancels = [
        Cancel(line, order_no, (customer, sku, micro), at, quantity)
        for line, order_no, customer, sku, micro, at, quantity in db.execute(
            _CANCELS, [number]
        ).fetchall()
    ]
    bought = [
        ((customer, sku, micro), Purchase(order_no, line_no, at, quantity))
        for customer, sku, micro, order_no, line_no, at, quantity in db.execute(
            _BOUGHT, [number]
        ).fetchall()
    ]
    ties, untied = tie(cancels, bought)
    chunk.rejected = dict.fromkeys((cancel.line for cancel in untied), "cancel_not_tied")
    groups: dict[tuple[str, str], list[Tie]] = defaultdict(list)
    for found in ties:
        groups[found.cancel.order_no, found.order_no].append(found)
    chunk.refunds = [_refund(group, zone) for group in groups.values()]
    return chunk


def documents_of(
    chunk: Chunk, members: Mapping[str, int], *, zone: ZoneInfo, currency: str
) -> list[Document]:
    """Return the chunk's documents by member, each member's in order of time.

    What happened in the same minute goes in the order of the file: the same file must
    always come to the same balances on the way.
    """
    orders = [(members[row[0]], _order(row, members, zone, currency)) for row in chunk.orders]
    refunds = [(members[customer], document) for customer, document in chunk.refunds]
    found = sorted([*orders, *refunds], key=lambda item: (item[0], *_when(item[1])))
    return [document for _, document in found]


def lines_of(db: Staged, number: int, document: Document) -> Iterable[int]:
    """Return all lines of the file that a document of this chunk stands for."""
    if isinstance(document.report, EventReport):
        return document.lines
    found = db.execute(_LINES, [number, document.report.external_no]).fetchall()
    return [line for (line,) in found]


def _when(document: Document) -> tuple[datetime, bool, int]:
    report = document.report
    if isinstance(report, OrderReport):
        return report.placed_at, False, document.lines[0]
    return report.occurred_at, True, document.lines[0]


def _order(
    row: tuple[Any, ...], members: Mapping[str, int], zone: ZoneInfo, currency: str
) -> Document:
    """Return the paid and completed order that an invoice tells of."""
    customer, order_no, at, attributes, first, packs, content, amounts, copied = row
    placed_at = at.replace(tzinfo=zone)
    report = OrderReport(
        external_no=order_no,
        member_id=members[customer],
        placed_at=placed_at,
        paid_at=placed_at,
        completed_at=placed_at,
        status=Stage.COMPLETED,
        currency=currency,
        attributes={key: value for key, value in (attributes or {}).items() if value},
        lines=PackedLines(
            content=content, amounts=list(map(int, amounts.split(","))), rows=copied.split("\n")
        )
        if packs
        else read_content(content),
    )
    return Document(report, (first,))


def _refund(ties: list[Tie], zone: ZoneInfo) -> tuple[str, Document]:
    """Return the refund that one cancelling invoice means for one order."""
    first = ties[0]
    taken: dict[int, int] = defaultdict(int)
    for part in ties:
        taken[part.line_no] += part.quantity
    report = EventReport(
        order_no=first.order_no,
        kind=Stage.REFUNDED,
        occurred_at=max(part.cancel.at for part in ties).replace(tzinfo=zone),
        refund_no=first.cancel.order_no,
        lines=tuple(
            RefundLineReport(line_no=line_no, quantity=quantity)
            for line_no, quantity in sorted(taken.items())
        ),
    )
    lines = tuple(dict.fromkeys(part.cancel.line for part in ties))
    return first.cancel.key[0], Document(report, lines)
