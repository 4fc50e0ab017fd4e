"""What outstanding points are worth: pure arithmetic, see docs/algorithms/liability.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

# One minor unit a point: 100 points = ¥1, what the quote gives for them.
HOUSE_COST = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Of the points outstanding so many months before their end, how many expired."""

    months: int
    expired: int
    outstanding: int

    @property
    def value(self) -> Fraction:
        """Return the ratio, between 0 and 1."""
        if self.outstanding <= 0:
            return Fraction(0)
        return min(max(Fraction(self.expired, self.outstanding), Fraction(0)), Fraction(1))


def month_of(day: date) -> date:
    """Return the first day of a month."""
    return day.replace(day=1)


def add_months(month: date, months: int) -> date:
    """Return the first day of the month so many months later."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def months_between(first: date, last: date) -> int:
    """Return how many months lie between two months."""
    return (last.year - first.year) * 12 + last.month - first.month


def half_up(value: Fraction) -> int:
    """Round to the minor unit, halves away from zero."""
    whole = (abs(value) + Fraction(1, 2)).__floor__()
    return whole if value >= 0 else -whole


def rounded(values: Sequence[Fraction]) -> list[int]:
    """Round parts so that they add up to their rounded total: the difference of running sums."""
    parts, before, running = [], 0, Fraction(0)
    for value in values:
        running += value
        now = half_up(running)
        parts.append(now - before)
        before = now
    return parts


def run_off(
    changes: Mapping[date, Mapping[date, int]], expired: Mapping[date, int], *, most_months: int
) -> list[Ratio]:
    """Return how much of what stood k months before its end expired, over matured months.

    `changes` are the changes of outstanding points by month of expiry and month of change,
    `expired` what expired, by month of expiry. Months are given by their first day.
    """
    ratios = []
    for k in range(1, most_months + 1):
        stood = gone = 0
        for ends, by_month in changes.items():
            until = add_months(ends, -k)
            left = sum(points for month, points in by_month.items() if month <= until)
            if left > 0:
                stood += left
                gone += expired.get(ends, 0)
        ratios.append(Ratio(months=k, expired=gone, outstanding=stood))
    return ratios


def months_left(*, ends: date, as_of: date) -> int:
    """Return how many month-ends away the end is, the month of `as_of` counted in full.

    In the middle of a month the ratio of its beginning is taken: further from the end,
    hence lower, hence the more careful forecast.
    """
    last_of_month = (as_of + timedelta(days=1)).day == 1
    return months_between(month_of(as_of), ends) + (0 if last_of_month else 1)


def breakage_at(months: int, ratios: Sequence[Ratio]) -> Fraction:
    """Return the ratio for so many months before the end; without evidence, the next further.

    On its last day everything left expires; what no matured month tells of is expected to
    be redeemed.
    """
    if months <= 0:
        return Fraction(1)
    for ratio in ratios:
        if ratio.months >= months and ratio.outstanding > 0:
            return ratio.value
    return Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A price divided between the goods and the points that came with them."""

    goods: int
    points: int


def split_price(*, price: int, points: int, unit: Fraction, breakage: Fraction) -> Split:
    """Divide a transaction price by relative stand-alone prices (IFRS 15.73–80, B39–B43).

    The stand-alone price of the goods is the price itself, that of the points what they
    buy (`unit` minor units each) less what is expected to expire.
    """
    standing = points * unit * (1 - breakage)
    if price <= 0 or standing <= 0:
        return Split(goods=price, points=0)
    share = half_up(Fraction(price) * standing / (price + standing))
    return Split(goods=price - share, points=share)
