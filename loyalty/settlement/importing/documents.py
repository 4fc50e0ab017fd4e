"""Make the documents of a chunk: orders, and the refunds that its cancel lines come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from config.kernel.money import minor_digits
from loyalty.settlement.importing.tying import Cancel, Key, Purchase, Tie, tie
from members.commerce.types import (
    EventReport,
    LineReport,
    OrderReport,
    RefundLineReport,
    Stage,
)

MICRO = 1_000_000
Staged = duckdb.DuckDBPyConnection
_LINES = """
SELECT line, order_no, sku, name, category, brand, attributes, customer, quantity, dated,
       is_cancel, micro, line_no
FROM good WHERE chunk = ? ORDER BY customer, order_no, line
"""
_CUSTOMERS = """
SELECT customer, joined_at FROM customers WHERE chunk = ? ORDER BY customer
"""


@dataclass(frozen=True, slots=True)
class Document:
    """A report, and the lines of the file that it stands for."""

    report: OrderReport | EventReport
    lines: tuple[int, ...]


@dataclass(slots=True, kw_only=True)
class Chunk:
    """The documents of some customers, each customer's by time, and the lines of no use."""

    joined: dict[str, datetime]
    lines: int = 0
    documents: list[tuple[str, Document]] = field(default_factory=list)
    rejected: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Row:
    line: int
    order_no: str
    sku: str
    name: str
    category: str
    brand: str
    attributes: dict[str, str] | None
    customer: str
    quantity: int
    dated: datetime
    is_cancel: bool
    micro: int
    line_no: int


def read_chunk(
    db: duckdb.DuckDBPyConnection, number: int, *, zone: ZoneInfo, currency: str
) -> Chunk:
    """Read a chunk of a staged file; the file's naive times are in `zone`."""
    customers = db.execute(_CUSTOMERS, [number]).fetchall()
    rows = [_Row(*values) for values in db.execute(_LINES, [number]).fetchall()]
    chunk = Chunk(joined={name: at.replace(tzinfo=zone) for name, at in customers})
    chunk.lines = len(rows)
    sold: dict[str, list[_Row]] = defaultdict(list)
    cancels: list[_Row] = []
    for row in rows:
        if row.is_cancel:
            cancels.append(row)
        else:
            sold[row.order_no].append(row)
    orders = [_order(lines, zone, currency) for lines in sold.values()]
    refunds, untied = _refunds(cancels, sold, zone)
    chunk.rejected = dict.fromkeys((cancel.line for cancel in untied), "cancel_not_tied")
    chunk.documents = sorted([*orders, *refunds], key=_by_customer_and_time)
    return chunk


def _by_customer_and_time(item: tuple[str, Document]) -> tuple[str, datetime, bool]:
    customer, document = item
    report = document.report
    if isinstance(report, OrderReport):
        return customer, report.placed_at, False
    return customer, report.occurred_at, True


def _order(rows: list[_Row], zone: ZoneInfo, currency: str) -> tuple[str, Document]:
    """Return the paid and completed order that an invoice tells of."""
    unit = 10 ** minor_digits(currency)
    at = min(row.dated for row in rows).replace(tzinfo=zone)
    report = OrderReport(
        external_no=rows[0].order_no,
        # Members are enrolled with the chunk; see `place`.
        member_id=0,
        placed_at=at,
        paid_at=at,
        completed_at=at,
        status=Stage.COMPLETED,
        currency=currency,
        attributes=_attributes(rows[0]),
        lines=tuple(
            LineReport(
                line_no=row.line_no,
                sku=row.sku,
                quantity=row.quantity,
                unit_price=half_up(row.micro * unit),
                name=row.name,
                category=row.category,
                brand=row.brand,
                list_amount=half_up(row.quantity * row.micro * unit),
            )
            for row in rows
        ),
    )
    return rows[0].customer, Document(report, tuple(row.line for row in rows))


def half_up(micro: int) -> int:
    """Round millionths of a minor unit half up, exactly."""
    return (2 * micro + MICRO) // (2 * MICRO)


def _attributes(row: _Row) -> dict[str, Any]:
    return {key: value for key, value in (row.attributes or {}).items() if value}


def _key(row: _Row) -> Key:
    return row.customer, row.sku, row.micro


def _refunds(
    cancels: list[_Row], sold: dict[str, list[_Row]], zone: ZoneInfo
) -> tuple[list[tuple[str, Document]], list[Cancel]]:
    wanted = {_key(row) for row in cancels}
    asked = [Cancel(r.line, r.order_no, _key(r), r.dated, -r.quantity) for r in cancels]
    purchases = [
        (_key(row), Purchase(row.order_no, row.line_no, row.dated, row.quantity))
        for rows in sold.values()
        for row in rows
        if _key(row) in wanted
    ]
    ties, untied = tie(asked, purchases)
    groups: dict[tuple[str, str], list[Tie]] = defaultdict(list)
    for found in ties:
        groups[found.cancel.order_no, found.order_no].append(found)
    return [_refund(group, zone) for group in groups.values()], untied


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
    return first.cancel.key[0], Document(
        report, tuple(dict.fromkeys(part.cancel.line for part in ties))
    )


def place(items: list[tuple[str, Document]], members: Mapping[str, int]) -> list[Document]:
    """Give every order its member, and order the documents by member and time."""
    placed: list[tuple[int, Document]] = []
    for customer, document in items:
        member_id, report = members[customer], document.report
        if isinstance(report, OrderReport):
            document = Document(replace(report, member_id=member_id), document.lines)
        placed.append((member_id, document))
    # Sorting is stable: each member's documents stay in order of time.
    placed.sort(key=lambda item: item[0])
    return [document for _, document in placed]
