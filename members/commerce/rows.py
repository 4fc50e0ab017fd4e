"""How orders stand in their tables: the columns, and moving many rows in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from config.kernel import statements


@dataclass(frozen=True)
class Table:
    """A table with its columns and their types, `id` apart."""

    name: str
    columns: Mapping[str, str]

    @cached_property
    def _insert(self) -> str:
        listed = ", ".join(self.columns)
        typed = ", ".join(f"{column} {kind}" for column, kind in self.columns.items())
        return (
            f"INSERT INTO {self.name} ({listed}) SELECT {listed}"
            f" FROM json_to_recordset(%s::json) AS r ({typed})"
        )

    def insert(self, rows: Sequence[Mapping[str, Any]], *, extra: str = "") -> None:
        """Insert rows in one statement; they travel as one JSON value."""
        if rows:
            self._send(f"{self._insert} {extra}" if extra else self._insert, rows)

    def update(self, rows: Sequence[Mapping[str, Any]], *, key: Iterable[str]) -> None:
        """Update rows in one statement, found by `key`."""
        if not rows:
            return
        found = " AND ".join(f"t.{column} = r.{column}" for column in key)
        changes = ", ".join(f"{column} = r.{column}" for column in rows[0] if column not in key)
        typed = ", ".join(f"{column} {self.columns[column]}" for column in rows[0])
        self._send(
            f"UPDATE {self.name} AS t SET {changes}"
            f" FROM json_to_recordset(%s::json) AS r ({typed}) WHERE {found}",
            rows,
        )

    def _send(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        statements.tell(sql, [msgspec.json.encode(rows).decode()])


def _columns(kinds: str) -> dict[str, str]:
    """Read `type: column column …` lines."""
    columns = {}
    for line in kinds.strip().splitlines():
        kind, _, names = line.strip().partition(": ")
        columns.update(dict.fromkeys(names.split(), kind))
    return columns


ORDERS = Table(
    "commerce_order",
    _columns(
        """
        bigint: id member_id programme_id brand_id storefront_id
        text: external_no
        bytea: content_hash
        text: currency status store tier_before tier_after
        timestamptz: placed_at paid_at shipped_at completed_at cancelled_at
        timestamptz: counted_at available_at recorded_at changed_at
        bigint: goods discount coupons points_paid shipping refunded refunded_shipping
        jsonb: attributes
        bigint: reservation_id points points_taken growth growth_taken spend spend_taken
        bigint: points_used spent_returned
        smallint: run spent_run
        boolean: decided held
        """
    ),
)
LINES = Table(
    "commerce_orderline",
    _columns(
        """
        bigint: member_id order_id
        integer: line_no
        text: sku name category brand earn_rule multiplier
        bigint: quantity unit_price list_amount discount campaign_share coupon_share
        bigint: points_share net points_earned growth_earned refunded refunded_quantity
        """
    ),
)
EVENTS = Table(
    "commerce_orderevent",
    _columns(
        """
        bigint: member_id order_id
        text: kind
        timestamptz: occurred_at
        text: refund_no
        jsonb: effects
        timestamptz: recorded_at
        """
    ),
)
REFUNDS = Table(
    "commerce_refund",
    _columns(
        """
        bigint: member_id order_id
        text: external_no
        timestamptz: occurred_at
        jsonb: asked_lines
        bigint: asked_shipping amount shipping
        timestamptz: recorded_at
        """
    ),
)
REFUND_LINES = Table(
    "commerce_refundline",
    _columns(
        """
        bigint: member_id order_id
        text: refund_no
        integer: line_no
        bigint: quantity amount
        """
    ),
)
