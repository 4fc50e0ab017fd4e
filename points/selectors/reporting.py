"""The liability of a programme as finance reads it: what is outstanding, when it ends, its cost.

The formulas and where they come from stand in docs/algorithms/liability.md.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from members.programmes import selectors as programmes_selectors
from points import valuing
from points.models.accounting import LiabilityBand, LiabilityMark, PointCost
from points.selectors.liability import MARK, Sum, read_outstanding
from points.types import POINTS, Counter
from points.valuing import Ratio

# How many matured months the forecast learns from, and how far before the end it looks.
LEARNS_FROM = 12
LOOKS_BACK = 36
# Burn rate: redeemed ÷ issued over a year; healthy between these.
HEALTHY = (Fraction(60, 100), Fraction(80, 100))
# Issued ÷ redeemed: the burn rate upside down, with room below.
BAND = (Decimal("1.00"), Decimal("1.67"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What points cost, by brand and from which day."""

    rows: tuple[tuple[int | None, date, Fraction], ...]

    def at(self, *, brand_id: int, day: date) -> Fraction:
        """Return a point's cost in minor units: by the brand, else the programme or the house."""
        for brand in (brand_id, None):
            known = [(since, cost) for of, since, cost in self.rows if of == brand and since <= day]
            if known:
                return max(known)[1]
        return valuing.HOUSE_COST

    def is_set(self, *, day: date) -> bool:
        """Tell whether anybody has said what points cost by then."""
        return any(since <= day for _brand, since, _cost in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """Points that are good through a month (None: without end), at cost, and their forecast."""

    ends: date | None
    points: int
    cost: int
    ratio: Fraction
    breakage: int
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandShare:
    """What is outstanding of one brand (0: other), at its own cost."""

    brand_id: int
    points: int
    cost: int
    issued: int
    redeemed: int
    expired: int
    per_point: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What happened in a month, what was outstanding at its end, and what a point cost then."""

    month: date
    issued: int
    redeemed: int
    expired: int
    other: int
    outstanding: int
    per_point: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflation:
    """Issued ÷ redeemed over the three whole months up to `last_month`, and its band."""

    last_month: date
    issued: int
    redeemed: int
    least: Decimal
    most: Decimal

    @property
    def ratio(self) -> Fraction | None:
        """Return issued ÷ redeemed; None when nothing was redeemed."""
        return Fraction(self.issued, self.redeemed) if self.redeemed > 0 else None

    @property
    def outside(self) -> bool:
        """Tell whether it has left its band."""
        if self.ratio is None:
            return self.issued > 0
        return not Fraction(self.least) <= self.ratio <= Fraction(self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Liability:
    """A programme's points as of a local day. All parts add up to `points` and `cost`."""

    programme_id: int
    currency: str
    as_of: date
    points: int
    owed: int
    cost: int
    expected_breakage: int
    expected_cost: int
    ageing: tuple[Ageing, ...]
    brands: tuple[BrandShare, ...]
    months: tuple[Month, ...]
    ratios: tuple[Ratio, ...]
    burn_rate: Fraction | None
    lifetime_breakage: Fraction | None
    learned_from: tuple[date, ...]
    inflation: Inflation | None
    cost_is_set: bool
    ledger_points: int
    rolled_up: int
    behind: bool
    verified_at: datetime | None
    verified_days: int
    differing_days: int

    @property
    def ties(self) -> bool:
        """Tell whether all changes come to what the ledger's accounts hold, to the point."""
        return not self.behind and self.rolled_up == self.ledger_points


@dataclass(slots=True)
class _Book:
    """Sums by what the report asks for."""

    by_end: dict[tuple[date | None, int], int] = field(default_factory=lambda: defaultdict(int))
    by_month: dict[date, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    by_brand: dict[int, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    matured: dict[date, dict[date, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    expired: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    issued: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    owed: int = 0


def get_liability(*, programme_id: int, currency: str = POINTS, as_of: date) -> Liability:
    """Return a programme's liability as of the end of a local day."""
    found = read_outstanding(programme_id=programme_id, currency=currency, as_of=as_of)
    costs = read_costs(programme_id=programme_id, currency=currency)
    mark = LiabilityMark.objects.filter(pk=MARK).first() or LiabilityMark()
    book = _keep(found.sums)
    learned = _matured(book, as_of)
    ratios = valuing.run_off(
        {month: book.matured[month] for month in learned}, book.expired, most_months=LOOKS_BACK
    )
    ageing, cost = _ageing(book, costs, ratios, as_of)
    months = _months(book, costs, as_of)
    points = sum(part.points for part in ageing)
    breakage = sum(part.breakage for part in ageing)
    issued = sum(book.issued[month] for month in learned)
    return Liability(
        programme_id=programme_id,
        currency=currency,
        as_of=as_of,
        points=points,
        owed=-book.owed,
        cost=cost,
        expected_breakage=breakage,
        expected_cost=sum(
            valuing.half_up(part.cost * (1 - part.ratio)) if part.points > 0 else part.cost
            for part in ageing
        ),
        ageing=ageing,
        brands=_brands(book, costs, as_of, cost),
        months=months,
        ratios=tuple(ratio for ratio in ratios if ratio.outstanding > 0),
        burn_rate=_burn(months[-12:]),
        lifetime_breakage=Fraction(sum(book.expired[m] for m in learned), issued)
        if issued > 0
        else None,
        learned_from=tuple(learned),
        inflation=_inflation(months, as_of, get_band(programme_id=programme_id)),
        cost_is_set=costs.is_set(day=as_of),
        ledger_points=found.held,
        rolled_up=found.rolled_up,
        behind=found.behind,
        verified_at=mark.verified_at,
        verified_days=mark.verified_days,
        differing_days=mark.differing_days,
    )


def read_costs(*, programme_id: int, currency: str) -> Costs:
    """Return what a programme's points cost, over time."""
    rows = PointCost.objects.filter(programme_id=programme_id, currency=currency)
    return Costs(
        rows=tuple((r.brand_id, r.from_day, Fraction(r.minor_units, r.points)) for r in rows)
    )


def get_band(*, programme_id: int) -> tuple[Decimal, Decimal]:
    """Return the bounds of issued ÷ redeemed."""
    row = LiabilityBand.objects.filter(programme_id=programme_id).first()
    return (row.least, row.most) if row else BAND


def get_inflation(*, programme_id: int, now: datetime) -> Inflation | None:
    """Return issued ÷ redeemed of the last three whole months; None while there are fewer."""
    day = programmes_selectors.get_programme(programme_id).local_day(now)
    return get_liability(programme_id=programme_id, as_of=day).inflation


def _keep(sums: list[Sum]) -> _Book:
    book = _Book()
    for row in sums:
        book.by_month[row.month][row.counter] += row.points
        if row.owed:
            book.owed += row.points
            continue
        book.by_end[row.ends, row.brand_id] += row.points
        book.by_brand[row.brand_id][row.counter] += row.points
        if row.ends is not None:
            book.matured[row.ends][row.month] += row.points
            if row.counter == Counter.EXPIRY:
                book.expired[row.ends] -= row.points
            elif row.counter == Counter.ISSUANCE:
                book.issued[row.ends] += row.points
    return book


def _matured(book: _Book, as_of: date) -> list[date]:
    """Return the last months of expiry that are over, oldest first."""
    over = [month for month in book.matured if month < valuing.month_of(as_of)]
    since = valuing.add_months(valuing.month_of(as_of), -LEARNS_FROM)
    return sorted(month for month in over if month >= since)


def _ageing(
    book: _Book, costs: Costs, ratios: list[Ratio], as_of: date
) -> tuple[tuple[Ageing, ...], int]:
    by_end: dict[date | None, int] = defaultdict(int)
    exact: dict[date | None, Fraction] = defaultdict(Fraction)
    for (ends, brand_id), points in book.by_end.items():
        by_end[ends] += points
        exact[ends] += points * costs.at(brand_id=brand_id, day=as_of)
    order = sorted((e for e in by_end if by_end[e]), key=lambda e: (e is None, e or as_of))
    rounded = valuing.rounded([exact[ends] for ends in order])
    parts = []
    for ends, cost in zip(order, rounded, strict=True):
        left = 0 if ends is None else valuing.months_left(ends=ends, as_of=as_of)
        ratio = Fraction(0) if ends is None else valuing.breakage_at(left, ratios)
        parts.append(
            Ageing(
                ends=ends,
                points=by_end[ends],
                cost=cost,
                ratio=ratio,
                breakage=valuing.half_up(max(by_end[ends], 0) * ratio),
                overdue=ends is not None and ends < valuing.month_of(as_of),
            )
        )
    return tuple(parts), sum(rounded)


def _brands(book: _Book, costs: Costs, as_of: date, cost: int) -> tuple[BrandShare, ...]:
    # Other last, and what rounding leaves with it.
    order = sorted(book.by_brand, key=lambda brand: (brand == 0, brand))
    points = {brand: sum(book.by_brand[brand].values()) for brand in order}
    per_point = {brand: costs.at(brand_id=brand, day=as_of) for brand in order}
    shares = valuing.rounded([points[brand] * per_point[brand] for brand in order])
    return tuple(
        BrandShare(
            brand_id=brand,
            points=points[brand],
            cost=share,
            issued=book.by_brand[brand][Counter.ISSUANCE],
            redeemed=-book.by_brand[brand][Counter.REDEMPTION],
            expired=-book.by_brand[brand][Counter.EXPIRY],
            per_point=per_point[brand],
        )
        for brand, share in zip(order, shares, strict=True)
    )


def _months(book: _Book, costs: Costs, as_of: date) -> tuple[Month, ...]:
    if not book.by_month:
        return ()
    months, standing = [], 0
    month, last = min(book.by_month), valuing.month_of(as_of)
    while month <= last:
        by = book.by_month.get(month, {})
        standing += sum(by.values())
        named = (Counter.ISSUANCE, Counter.REDEMPTION, Counter.EXPIRY)
        end = min(valuing.add_months(month, 1), as_of)
        months.append(
            Month(
                month=month,
                issued=by.get(Counter.ISSUANCE, 0),
                redeemed=-by.get(Counter.REDEMPTION, 0),
                expired=-by.get(Counter.EXPIRY, 0),
                other=sum(points for counter, points in by.items() if counter not in named),
                outstanding=standing,
                per_point=costs.at(brand_id=0, day=end),
            )
        )
        month = valuing.add_months(month, 1)
    return tuple(months)


def _burn(months: tuple[Month, ...]) -> Fraction | None:
    issued = sum(month.issued for month in months)
    return Fraction(sum(month.redeemed for month in months), issued) if issued > 0 else None


def _inflation(
    months: tuple[Month, ...], as_of: date, band: tuple[Decimal, Decimal]
) -> Inflation | None:
    whole = [month for month in months if month.month < valuing.month_of(as_of)][-3:]
    if len(whole) < 3:
        return None
    return Inflation(
        last_month=whole[-1].month,
        issued=sum(month.issued for month in whole),
        redeemed=sum(month.redeemed for month in whole),
        least=band[0],
        most=band[1],
    )
