"""How an order's points came about, line by line, from the decision kept with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.pages import formats
from loyalty.earning import selectors as earning_selectors
from loyalty.earning.types import Explanation
from members.programmes.types import Programme
from points.types import Kind, Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the arithmetic."""

    title: str
    base: int
    multiplier: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """A decision as a member reads it."""

    sentence: str
    currency: str
    rows: tuple[Row, ...]
    earned: int
    rule_version: int


def of_entry(entry: Posted, *, programme: Programme) -> Arithmetic | None:
    """Return the arithmetic behind an earning, when it was decided by rules."""
    if entry.kind != Kind.EARN:
        return None
    return of_source(entry.member_id, entry.source, programme=programme)


def of_source(
    member_id: int,
    source: str,
    *,
    programme: Programme,
    titles: Mapping[int, str] | None = None,
) -> Arithmetic | None:
    """Return the arithmetic of what a source earned; `titles` names its lines."""
    found = earning_selectors.find_explanation(
        member_id=member_id, programme_id=programme.id, source=source
    )
    if found is None:
        return None
    return Arithmetic(
        sentence=_sentence(found, programme.currency),
        currency=programme.currency,
        rows=tuple(
            Row(
                title=(titles or {}).get(row.line_no)
                or _("Line %(number)s") % {"number": row.line_no},
                base=row.base,
                multiplier=decimal(row.multiplier),
                points=row.points,
            )
            for row in found.rows
        ),
        earned=found.earned,
        rule_version=found.rule_version,
    )


def decimal(value: Fraction) -> str:
    """Return a multiplier as 1.5; what no short decimal can say stays a fraction."""
    thousandths = value * 1000
    if thousandths.denominator != 1:
        return str(value)
    return f"{thousandths.numerator / 1000:.3f}".rstrip("0").rstrip(".")


def _sentence(found: Explanation, currency: str) -> str:
    # "100 points for every ¥1": the rate is points per minor unit, exactly.
    points, units = found.rate.numerator, found.rate.denominator
    sentence = ngettext(
        "%(points)s point for every %(amount)s you paid, times %(multiplier)s for your tier.",
        "%(points)s points for every %(amount)s you paid, times %(multiplier)s for your tier.",
        points,
    )
    return sentence % {
        "points": formats.number(points),
        "amount": formats.money(amount=units, currency=currency, brief=True),
        "multiplier": decimal(found.multiplier),
    }
