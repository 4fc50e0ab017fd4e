"""What a report must be before anything is done with it: rules of meaning, no database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from config.kernel.errors import FieldError
from members.commerce.errors import CurrencyMismatchError, InvalidOrderError, InvalidRefundError
from members.commerce.lines import PackedLines
from members.commerce.types import EventReport, LineReport, OrderReport, Stage

MOST_LINES = 1_000
MOST_QUANTITY = 1_000_000
MOST_MONEY = 10**12
MOST_LINE_NO = 1_000_000
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# A storefront's clock may run ahead of ours.
_AHEAD = timedelta(days=1)
_REPORTED = frozenset({Stage.PLACED, Stage.PAID, Stage.COMPLETED})


def check_order(report: OrderReport, *, currency: str, now: datetime) -> None:
    """Refuse an order that makes no sense.

    Raises:
        CurrencyMismatchError: it is not in the storefront's currency.
        InvalidOrderError: anything else; `errors` names every part that is wrong.
    """
    if report.currency != currency:
        raise CurrencyMismatchError(f"this storefront sells in {currency}, not {report.currency}")
    wrong = [*_head(report), *_times(report, now), *_lines(report.lines)]
    if wrong:
        raise InvalidOrderError(wrong[0].detail, errors=wrong)


def check_event(report: EventReport, *, now: datetime) -> None:
    """Refuse an event that makes no sense whatever its order is.

    Raises:
        InvalidRefundError: a refund without a number, or a line twice.
        InvalidOrderError: a time out of bounds, or details on what is no refund.
    """
    if not _EARLIEST <= report.occurred_at <= now + _AHEAD:
        raise InvalidOrderError(
            errors=[_error("/occurred_at", "out_of_range", "not a plausible time")]
        )
    if report.kind is not Stage.REFUNDED:
        if report.refund_no or report.lines is not None or report.shipping is not None:
            raise InvalidOrderError("only a refund has a number, lines and shipping")
        return
    if not _is_text(report.refund_no, most=64) or not report.refund_no:
        raise InvalidRefundError(
            errors=[_error("/external_no", "required", "a refund needs its number")]
        )
    wrong = list(_refund_lines(report))
    if wrong:
        raise InvalidRefundError(wrong[0].detail, errors=wrong)


def _refund_lines(report: EventReport) -> Iterator[FieldError]:
    seen: set[int] = set()
    for index, line in enumerate(report.lines or ()):
        if line.line_no in seen:
            yield _error(f"/lines/{index}/line_no", "repeated", "a line stands here twice")
        seen.add(line.line_no)
        if line.quantity is not None and not 1 <= line.quantity <= MOST_QUANTITY:
            yield _error(f"/lines/{index}/quantity", "out_of_range", "quantity is 1 or more")
        if line.amount is not None and not 0 <= line.amount <= MOST_MONEY:
            yield _error(f"/lines/{index}/amount", "out_of_range", "amount is 0 or more")
    if report.shipping is not None and not 0 <= report.shipping <= MOST_MONEY:
        yield _error("/shipping", "out_of_range", "shipping is 0 or more")


def _head(report: OrderReport) -> Iterator[FieldError]:
    if not report.external_no or not _is_text(report.external_no, most=64):
        yield _error("/external_no", "invalid", "a number of 1 to 64 characters")
    if report.status not in _REPORTED:
        yield _error("/status", "invalid", "placed, paid or completed")
    if not 0 <= report.shipping <= MOST_MONEY:
        yield _error("/shipping", "out_of_range", "shipping is 0 or more")
    if not _is_text(report.store, most=64):
        yield _error("/store", "invalid", "a code of at most 64 characters")
    if report.attributes and not _is_storable(report.attributes):
        yield _error("/attributes", "invalid", "at most 20,000 characters of JSON, no NUL")


def _times(report: OrderReport, now: datetime) -> Iterator[FieldError]:
    named = (
        ("placed_at", report.placed_at),
        ("paid_at", report.paid_at),
        ("completed_at", report.completed_at),
    )
    earlier = None
    for name, at in named:
        if at is None:
            continue
        if not _EARLIEST <= at <= now + _AHEAD:
            yield _error(f"/{name}", "out_of_range", "not a plausible time")
        if earlier is not None and at < earlier:
            yield _error(f"/{name}", "out_of_order", "before the order came so far")
        earlier = at
    if report.paid_at is not None and report.status is Stage.PLACED:
        yield _error("/paid_at", "not_paid", "a placed order has not been paid")
    if report.completed_at is not None and report.status is not Stage.COMPLETED:
        yield _error("/completed_at", "not_completed", "the order is not completed")


def _lines(lines: Sequence[LineReport]) -> Iterator[FieldError]:
    if not 1 <= len(lines) <= MOST_LINES:
        yield _error("/lines", "out_of_range", f"an order has 1 to {MOST_LINES} lines")
        return
    if isinstance(lines, PackedLines):
        return
    seen: set[int] = set()
    for index, line in enumerate(lines):
        if line.line_no in seen:
            yield _error(f"/lines/{index}/line_no", "repeated", "two lines have this number")
        seen.add(line.line_no)
        # One test for the many lines that are right; only a wrong one is looked at closely.
        if not _line_is_right(line):
            yield from _line_faults(f"/lines/{index}", line)
    if sum(line.amount for line in lines) > MOST_MONEY:
        yield _error("/lines", "out_of_range", "the order comes to more than can be counted")


def _line_is_right(line: LineReport) -> bool:
    amount = line.amount
    return (
        0 < line.quantity <= MOST_QUANTITY
        and line.unit_price >= 0
        and 0 <= line.discount <= amount <= MOST_MONEY
        and 0 < line.line_no <= MOST_LINE_NO
        and 0 < len(line.sku) <= 64
        and len(line.name) <= 200
        and len(line.category) <= 200
        and len(line.brand) <= 100
        and "\0" not in line.sku + line.name + line.category + line.brand
    )


def _line_faults(at: str, line: LineReport) -> Iterator[FieldError]:
    amount = line.amount
    if not 1 <= line.line_no <= MOST_LINE_NO:
        yield _error(f"{at}/line_no", "out_of_range", "line numbers count from 1")
    if not 1 <= line.quantity <= MOST_QUANTITY:
        yield _error(f"{at}/quantity", "out_of_range", "quantity is 1 to a million")
    if line.unit_price < 0 or not 0 <= amount <= MOST_MONEY:
        yield _error(f"{at}/unit_price", "out_of_range", "the price is negative or too large")
    if not 0 <= line.discount <= max(amount, 0):
        yield _error(f"{at}/discount", "exceeds", "the discount is more than the line")
    for name, most in (("sku", 64), ("name", 200), ("category", 200), ("brand", 100)):
        if not _is_text(getattr(line, name), most=most):
            yield _error(f"{at}/{name}", "invalid", f"at most {most} characters, no NUL")
    if not line.sku:
        yield _error(f"{at}/sku", "required", "a line names what was sold")


def _is_text(value: str, *, most: int) -> bool:
    return len(value) <= most and "\0" not in value


def _is_storable(value: object) -> bool:
    text = msgspec.json.encode(value)
    return len(text) <= 20_000 and b"\\u0000" not in text


def _error(pointer: str, code: str, detail: str) -> FieldError:
    return FieldError(pointer=pointer, code=code, detail=detail)
