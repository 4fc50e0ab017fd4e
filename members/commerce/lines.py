"""Lines of orders: as reported, as recorded, and packed as columns where there are many.

An import brings half a million lines that nobody looks at one by one. They stay columns
from the file to the table, and open into objects when a refund or a rule asks for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, overload

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReport:
    """A line as reported. `list_amount` replaces quantity × unit price where that is inexact."""

    line_no: int
    sku: str
    quantity: int
    unit_price: int
    name: str = ""
    category: str = ""
    brand: str = ""
    discount: int = 0
    list_amount: int | None = None

    @property
    def amount(self) -> int:
        """Return the line's price before any discount."""
        if self.list_amount is not None:
            return self.list_amount
        return self.quantity * self.unit_price

    @property
    def content(self) -> tuple[Any, ...]:
        """Return what must be equal when the line's order comes again."""
        return (
            self.line_no,
            self.sku,
            self.name,
            self.category,
            self.brand,
            self.quantity,
            self.unit_price,
            self.discount,
            self.amount,
        )


@dataclass(slots=True, kw_only=True)
class Line:
    """A line with the allocation it got when the order was recorded."""

    line_no: int
    sku: str
    name: str
    category: str
    brand: str
    quantity: int
    unit_price: int
    list_amount: int
    discount: int
    campaign_share: int = 0
    coupon_share: int = 0
    points_share: int = 0
    net: int = 0
    points_earned: int = 0
    growth_earned: int = 0
    # How the points came about: the rule, and its exact multiplier as a fraction's text.
    earn_rule: str = ""
    multiplier: str = ""
    refunded: int = 0
    refunded_quantity: int = 0

    def taken(self, share: int) -> int:
        """Return how much of a `share` of this line its refunds so far have taken.

        It is a floor of the whole taken so far, so that parts never lose or make a unit and
        the last one takes the rest. A line that cost nothing goes by quantity.
        """
        if self.net > 0:
            return share * self.refunded // self.net
        return share * self.refunded_quantity // self.quantity


class PackedLines(Sequence[LineReport]):
    """The lines of a report as columns. Numbered from 1, without discounts, and right.

    `content` is the JSON of each line's `LineReport.content`, comma by comma; `rows` is each
    line as COPY takes it, up to its net (`members.commerce.copying`). Whoever packs lines
    has seen to it that they keep to the bounds of `members.commerce.checking`, that no text
    holds a control character or a backslash, and that the amounts are those of the rows.
    """

    __slots__ = ("_lines", "amounts", "content", "rows")

    def __init__(self, *, content: str, amounts: list[int], rows: list[str]) -> None:
        self.content = content
        self.amounts = amounts
        self.rows = rows
        self._lines: tuple[LineReport, ...] | None = None

    def __len__(self) -> int:
        return len(self.amounts)

    def __iter__(self) -> Iterator[LineReport]:
        return iter(self.opened())

    @overload
    def __getitem__(self, index: int) -> LineReport: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[LineReport]: ...
    def __getitem__(self, index: int | slice) -> LineReport | Sequence[LineReport]:
        return self.opened()[index]

    def opened(self) -> tuple[LineReport, ...]:
        """Return the lines one by one."""
        if self._lines is None:
            self._lines = read_content(self.content)
        return self._lines


def read_content(content: str) -> tuple[LineReport, ...]:
    """Return the lines whose contents stand in JSON, comma by comma."""
    return tuple(
        LineReport(
            line_no=line_no,
            sku=sku,
            name=name,
            category=category,
            brand=brand,
            quantity=quantity,
            unit_price=unit_price,
            discount=discount,
            list_amount=amount,
        )
        for (
            line_no,
            sku,
            name,
            category,
            brand,
            quantity,
            unit_price,
            discount,
            amount,
        ) in msgspec.json.decode(f"[{content}]")
    )


class PackedOrderLines(Sequence[Line]):
    """The recorded lines of a report that came packed, with what they earned.

    Once opened, the lines themselves hold everything and may be changed.
    """

    __slots__ = ("_lines", "growth", "multiplier", "packed", "points", "rule")

    def __init__(self, packed: PackedLines) -> None:
        self.packed = packed
        self.points: Sequence[int] = ()
        self.growth: Sequence[int] = ()
        self.rule = self.multiplier = ""
        self._lines: list[Line] | None = None

    @property
    def is_open(self) -> bool:
        return self._lines is not None

    @property
    def nets(self) -> list[int]:
        """Return what the lines come to while they are packed."""
        return self.packed.amounts

    def earn(
        self, *, points: Sequence[int], growth: Sequence[int], rule: str, multiplier: str
    ) -> None:
        """Keep what each line earned, all by one rule."""
        self.points, self.growth, self.rule, self.multiplier = points, growth, rule, multiplier

    def copied(self, key: str) -> Iterator[str]:
        """Yield each line as COPY takes it, after the `key` of its order."""
        tail = f"{self.rule}\t{self.multiplier}\t0\t0\n"
        earned = zip(self.points or repeat(0), self.growth or repeat(0), strict=False)
        for row, (points, growth) in zip(self.packed.rows, earned, strict=False):
            yield f"{key}\t{row}\t{points}\t{growth}\t{tail}"

    def __len__(self) -> int:
        return len(self.packed)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.opened())

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        return self.opened()[index]

    def opened(self) -> list[Line]:
        """Return the lines one by one."""
        if self._lines is None:
            self._lines = [line_of(line) for line in self.packed.opened()]
            for line, points, growth in zip(self._lines, self.points, self.growth, strict=False):
                line.points_earned, line.growth_earned = points, growth
                line.earn_rule, line.multiplier = self.rule, self.multiplier
        return self._lines


def line_of(report: LineReport) -> Line:
    """Return a line as it is first recorded."""
    amount = report.amount
    return Line(
        line_no=report.line_no,
        sku=report.sku,
        name=report.name,
        category=report.category,
        brand=report.brand,
        quantity=report.quantity,
        unit_price=report.unit_price,
        list_amount=amount,
        discount=report.discount,
        net=amount - report.discount,
    )
