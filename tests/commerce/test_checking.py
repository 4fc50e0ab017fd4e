"""What a report must be before anything is done with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from members.commerce import services as commerce
from members.commerce.types import LineReport, RefundLineReport, Stage
from tests.factories.orders import at, event, report


def faults(order):
    with pytest.raises(commerce.InvalidOrderError) as caught:
        commerce.check_order(order, currency="CNY", now=at(20))
    return [(error.pointer, error.code) for error in caught.value.errors]


def lines(**changes):
    values: dict[str, Any] = {"line_no": 1, "sku": "A", "quantity": 1, "unit_price": 100}
    return {"lines": (LineReport(**values | changes),)}


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"external_no": ""}, "/external_no", "invalid"),
        ({"external_no": "x" * 65}, "/external_no", "invalid"),
        ({"external_no": "a\0b"}, "/external_no", "invalid"),
        ({"status": Stage.CANCELLED}, "/status", "invalid"),
        ({"shipping": -1}, "/shipping", "out_of_range"),
        ({"store": "x" * 65}, "/store", "invalid"),
        ({"attributes": {"x": "\0"}}, "/attributes", "invalid"),
        ({"attributes": {"x": "y" * 20_001}}, "/attributes", "invalid"),
        ({"lines": ()}, "/lines", "out_of_range"),
        ({"placed_at": datetime(1980, 1, 1, tzinfo=UTC)}, "/placed_at", "out_of_range"),
        ({"placed_at": at(22)}, "/placed_at", "out_of_range"),
        ({"status": Stage.PAID, "paid_at": at(1, 1)}, "/paid_at", "out_of_order"),
        ({"paid_at": at(2)}, "/paid_at", "not_paid"),
        ({"completed_at": at(2)}, "/completed_at", "not_completed"),
        (lines(quantity=0), "/lines/0/quantity", "out_of_range"),
        (lines(quantity=1_000_001), "/lines/0/quantity", "out_of_range"),
        (lines(unit_price=-1), "/lines/0/unit_price", "out_of_range"),
        (lines(unit_price=10**13), "/lines/0/unit_price", "out_of_range"),
        (lines(discount=101), "/lines/0/discount", "exceeds"),
        (lines(discount=-1), "/lines/0/discount", "exceeds"),
        (lines(line_no=0), "/lines/0/line_no", "out_of_range"),
        (lines(sku=""), "/lines/0/sku", "required"),
        (lines(name="a\0"), "/lines/0/name", "invalid"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(changes, pointer, code):
    assert (pointer, code) in faults(report(1, **changes))


def test_an_order_too_big_to_count_is_refused():
    line: dict[str, Any] = {"sku": "A", "quantity": 1, "unit_price": 10**12}
    many = tuple(LineReport(line_no=n, **line) for n in (1, 2))

    assert faults(report(1, lines=many)) == [("/lines", "out_of_range")]


def test_a_line_number_stands_once():
    line = LineReport(line_no=1, sku="A", quantity=1, unit_price=100)

    assert faults(report(1, lines=(line, line))) == [("/lines/1/line_no", "repeated")]


def test_another_currency_than_the_storefronts_is_refused():
    with pytest.raises(commerce.CurrencyMismatchError):
        commerce.check_order(report(1, currency="GBP"), currency="CNY", now=at(20))


@pytest.mark.parametrize(
    "wrong",
    [
        event("refunded", at(2)),
        event("refunded", at(2), refund_no="R", lines=(RefundLineReport(line_no=1),) * 2),
        event("refunded", at(2), refund_no="R", lines=(RefundLineReport(line_no=1, quantity=0),)),
        event("refunded", at(2), refund_no="R", lines=(RefundLineReport(line_no=1, amount=-1),)),
        event("refunded", at(2), refund_no="R", shipping=-1),
    ],
)
def test_a_refund_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(commerce.InvalidRefundError):
        commerce.check_event(wrong, now=at(20))


@pytest.mark.parametrize(
    "wrong",
    [event("paid", at(22)), event("paid", at(2), refund_no="R"), event("paid", at(2), lines=())],
)
def test_an_event_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(commerce.InvalidOrderError):
        commerce.check_event(wrong, now=at(20))
