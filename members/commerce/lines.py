"""Lines of orders: as reported, as recorded, and packed as columns where there are many.

An import brings half a million lines that nobody looks at one by one. They stay columns
from the file to the table, and open into objects when a refund or a rule asks for one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
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

    __slots__ = ("_read", "amounts", "content", "rows")

    def __init__(self, *, content: str, amounts: list[int], rows: list[str]) -> None:
        self.content = content
        self.amounts = amounts
        self.rows = rows
        self._read: list[list[Any]] | None = None

    def __len__(self) -> int:
        return len(self.amounts)

    @overload
    def __getitem__(self, index: int) -> LineReport: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[LineReport]: ...
    def __getitem__(self, index: int | slice) -> LineReport | Sequence[LineReport]:
        if self._read is None:
            self._read = msgspec.json.decode(f"[{self.content}]")
        if isinstance(index, slice):
            return [_line_of(content) for content in self._read[index]]
        return _line_of(self._read[index])


def read_content(content: str) -> tuple[LineReport, ...]:
    """Return the lines whose contents stand in JSON, comma by comma."""
    return tuple(_line_of(line) for line in msgspec.json.decode(f"[{content}]"))


def _line_of(content: Sequence[Any]) -> LineReport:
    line_no, sku, name, category, brand, quantity, unit_price, discount, amount = content
    return LineReport(
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


class PackedOrderLines(Sequence[Line]):
    """The recorded lines of a report that came packed, with what they earned.

    A line that is looked at is opened, and from then on holds its own state.
    """

    __slots__ = ("_opened", "growth", "multiplier", "packed", "points", "rule")

    def __init__(self, packed: PackedLines) -> None:
        self.packed = packed
        self.points: Sequence[int] = [0] * len(packed)
        self.growth: Sequence[int] = self.points
        self.rule = self.multiplier = ""
        self._opened: dict[int, Line] = {}

    @property
    def nets(self) -> list[int]:
        """Return what each line comes to: points pay for none of them."""
        return self.packed.amounts

    @property
    def opened(self) -> Collection[Line]:
        """Return the lines that somebody has looked at."""
        return self._opened.values()

    @property
    def earned(self) -> tuple[int, int]:
        """Return the points and the growth of all lines."""
        points, growth = sum(self.points), sum(self.growth)
        for place, line in self._opened.items():
            points += line.points_earned - self.points[place]
            growth += line.growth_earned - self.growth[place]
        return points, growth

    def earn(
        self, *, points: Sequence[int], growth: Sequence[int], rule: str, multiplier: str
    ) -> None:
        """Keep what each line earned, all by one rule."""
        self.points, self.growth, self.rule, self.multiplier = points, growth, rule, multiplier
        for place, line in self._opened.items():
            self._tell(place, line)

    def copied(self, key: str) -> list[str]:
        """Return the lines as COPY takes them, after the `key` of their order."""
        tail = f"{self.rule}\t{self.multiplier}\t0\t0\n"
        fixed = self.packed.rows
        rows = [
            f"{key}\t{row}\t{points}\t{growth}\t{tail}"
            for row, points, growth in zip(fixed, self.points, self.growth, strict=True)
        ]
        for place, line in self._opened.items():
            rows[place] = (
                f"{key}\t{fixed[place]}\t{line.points_earned}\t{line.growth_earned}\t"
                f"{line.earn_rule}\t{line.multiplier}\t{line.refunded}\t{line.refunded_quantity}\n"
            )
        return rows

    def _tell(self, place: int, line: Line) -> None:
        line.points_earned, line.growth_earned = self.points[place], self.growth[place]
        line.earn_rule, line.multiplier = self.rule, self.multiplier

    def __len__(self) -> int:
        return len(self.packed)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        line = self._opened.get(place)
        if line is None:
            line = self._opened[place] = line_of(self.packed[place])
            self._tell(place, line)
        return line


def find_line(lines: Sequence[Line], line_no: int) -> Line | None:
    """Return the line of this number, if there is one."""
    # Lines are nearly always numbered from 1.
    if 0 < line_no <= len(lines) and lines[line_no - 1].line_no == line_no:
        return lines[line_no - 1]
    return next((line for line in lines if line.line_no == line_no), None)


def touched_lines(lines: Sequence[Line]) -> Iterable[Line]:
    """Return the lines that anything may have been refunded of."""
    return lines.opened if isinstance(lines, PackedOrderLines) else lines


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
