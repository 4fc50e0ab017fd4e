"""Fold what happened to an order into what it is. Pure: no database, no clock.

The state never depends on the order in which reports arrived, only on when the things
they tell of happened (docs/algorithms/orders.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from members.commerce.errors import InvalidRefundError, RefundExceedsError
from members.commerce.lines import find_line
from members.commerce.types import (
    Fact,
    Line,
    Order,
    Refund,
    RefundAsk,
    RefundLine,
    RefundLineReport,
    Stage,
    touched_lines,
)


@dataclass(frozen=True, slots=True)
class Life:
    """Where an order stands: the furthest stage, and since when in each."""

    status: Stage
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None


def fold(facts: Iterable[Fact]) -> Life:
    """Return where an order stands after `facts`, in whatever order they come.

    Completing counts as paying. A cancelled order stays cancelled until it is completed
    after all, which then is also when it was paid.
    """
    paid = shipped = completed = cancelled = None
    for fact in sorted(facts, key=lambda f: (f.occurred_at, f.kind.rank)):
        at = fact.occurred_at
        if fact.kind is Stage.CANCELLED:
            paid, shipped, completed, cancelled = None, None, None, at
        elif fact.kind is Stage.COMPLETED:
            paid, completed, cancelled = paid or at, completed or at, None
        elif cancelled is None and fact.kind is Stage.PAID:
            paid = paid or at
        elif cancelled is None and fact.kind is Stage.SHIPPED:
            shipped = shipped or at
    reached = (
        (Stage.CANCELLED, cancelled),
        (Stage.COMPLETED, completed),
        (Stage.SHIPPED, shipped),
        (Stage.PAID, paid),
    )
    status = next((stage for stage, at in reached if at is not None), Stage.PLACED)
    return Life(status, paid, shipped, completed, cancelled)


def fold_into(order: Order, *, refunds: list[Refund] | None = None) -> None:
    """Give `order` the state that its facts and refunds add up to.

    `refunds` is what they come to, if the caller knows.

    Raises:
        RefundExceedsError: together the refunds ask for more than there is.
        InvalidRefundError: one names a line that the order does not have.
    """
    life = fold(order.facts)
    if order.asks or order.refunds:
        if refunds is None:
            refunds = fold_refunds(order.lines, order.shipping, order.asks)
        _take_over(order, refunds)
    order.paid_at, order.shipped_at = life.paid_at, life.shipped_at
    order.completed_at, order.cancelled_at = life.completed_at, life.cancelled_at
    order.status = life.status
    if life.status is not Stage.CANCELLED and order.refunds and _is_all_refunded(order):
        order.status = Stage.REFUNDED


def _take_over(order: Order, refunds: list[Refund]) -> None:
    order.refunds = refunds
    taken: dict[int, tuple[int, int]] = {}
    for refund in order.refunds:
        for part in refund.lines:
            amount, quantity = taken.get(part.line_no, (0, 0))
            taken[part.line_no] = (amount + part.amount, quantity + part.quantity)
    for line in touched_lines(order.lines):
        line.refunded, line.refunded_quantity = taken.get(line.line_no, (0, 0))
    order.refunded = sum(amount for amount, _ in taken.values())
    order.refunded_shipping = sum(refund.shipping for refund in order.refunds)


def _is_all_refunded(order: Order) -> bool:
    if order.net > 0:
        return order.refunded == order.net
    return all(line.refunded_quantity == line.quantity for line in order.lines)


def fold_refunds(lines: Sequence[Line], shipping: int, asks: Iterable[RefundAsk]) -> list[Refund]:
    """Return what each refund comes to, earliest first; parts always add up to the whole.

    Raises:
        RefundExceedsError: one asks for more than those before it left.
        InvalidRefundError: one names a line that the order does not have.
    """
    left = _Rest(lines)
    refunds = []
    for ask in sorted(asks, key=lambda a: (a.occurred_at, a.external_no)):
        if ask.lines is None:
            parts = [left.of(line.line_no).take_all(line.line_no) for line in lines]
        else:
            parts = [left.of(part.line_no).take(part) for part in ask.lines]
        posted = ask.shipping
        if posted is None:
            posted = shipping if ask.lines is None else 0
        if posted > shipping:
            raise RefundExceedsError(f"{shipping} of the shipping is left, not {posted}")
        shipping -= posted
        refunds.append(
            Refund(
                external_no=ask.external_no,
                occurred_at=ask.occurred_at,
                lines=tuple(part for part in parts if part.amount or part.quantity),
                shipping=posted,
            )
        )
    return refunds


class _Rest:
    """What is left of an order's lines, as far as somebody asks for it."""

    __slots__ = ("_left", "_lines")

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._left: dict[int, _Left] = {}

    def of(self, line_no: int) -> _Left:
        if line_no not in self._left:
            line = find_line(self._lines, line_no)
            if line is None:
                raise InvalidRefundError(f"the order has no line {line_no}")
            self._left[line_no] = _Left(line)
        return self._left[line_no]


class _Left:
    """What is left of a line while its refunds are folded."""

    __slots__ = ("amount", "line", "quantity")

    def __init__(self, line: Line) -> None:
        self.line = line
        self.amount = line.net
        self.quantity = line.quantity

    def take_all(self, line_no: int) -> RefundLine:
        part = RefundLine(line_no=line_no, quantity=self.quantity, amount=self.amount)
        self.amount = self.quantity = 0
        return part

    def take(self, ask: RefundLineReport) -> RefundLine:
        """Take what `ask` says: its amount, else its quantity's share, else all that is left."""
        line = self.line
        if ask.quantity is None and ask.amount is None:
            self._refuse_unless(self.amount > 0 or (line.net == 0 and self.quantity > 0))
            return self.take_all(ask.line_no)
        quantity = ask.quantity or 0
        self._refuse_unless(quantity <= self.quantity)
        amount = ask.amount
        if amount is None:
            amount = self._share(quantity)
        self._refuse_unless(amount <= self.amount)
        self.amount -= amount
        self.quantity -= quantity
        return RefundLine(line_no=ask.line_no, quantity=quantity, amount=amount)

    def _share(self, quantity: int) -> int:
        """Return the quantity's share of the net; the last of the quantity takes the rest."""
        line = self.line
        if quantity == self.quantity:
            return self.amount
        before = line.quantity - self.quantity
        share = line.net * (before + quantity) // line.quantity
        share -= line.net * before // line.quantity
        return min(share, self.amount)

    def _refuse_unless(self, enough: bool) -> None:
        if not enough:
            raise RefundExceedsError(
                f"line {self.line.line_no} has {self.quantity} and {self.amount} left"
            )
