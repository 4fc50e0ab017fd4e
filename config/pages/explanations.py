"""How an order's points came about, line by line, from the decision kept with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from config.pages import formats
from loyalty.earning import selectors as earning_selectors
from loyalty.earning.types import ExplainRow, Explanation
from members.programmes.types import Programme
from points.types import Kind, Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the arithmetic; `words` name a rule of its own, and what a cap took."""

    title: str
    words: str
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


def of_entry(
    entry: Posted, *, programme: Programme, titles: Mapping[int, str] | None = None
) -> Arithmetic | None:
    """Return the arithmetic behind an earning, when it was decided by rules."""
    if entry.kind != Kind.EARN:
        return None
    return of_source(entry.member_id, entry.source, programme=programme, titles=titles)


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
    names = _rule_names(found, programme)
    return Arithmetic(
        sentence=_sentence(found, programme.currency),
        currency=programme.currency,
        rows=tuple(
            Row(
                title=(titles or {}).get(row.line_no)
                or _("Line %(number)s") % {"number": row.line_no},
                words=_row_words(row, names, programme.currency),
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


def _rule_names(found: Explanation, programme: Programme) -> dict[str, str]:
    """Return the names of the rules that worked, as the version that decided has them."""
    version = earning_selectors.get_rules(programme_id=programme.id, at=found.decided_at)
    if version.version != found.rule_version:
        return {}
    chinese = (get_language() or "").startswith("zh")
    return {rule.code: rule.name_zh if chinese else rule.name_en for rule in version.rules}


def _row_words(row: ExplainRow, names: Mapping[str, str], currency: str) -> str:
    told = [names.get(row.rule, "")]
    if row.rate is not None and row.rate:
        told.append(_rate(row.rate, currency))
    if row.capped:
        told.append(_("The most that can be earned was reached."))
    return " · ".join(part for part in told if part)


def _rate(rate: Fraction, currency: str) -> str:
    # "100 points for every ¥1": the rate is points per minor unit, exactly.
    return ngettext(
        "%(points)s point for every %(amount)s",
        "%(points)s points for every %(amount)s",
        rate.numerator,
    ) % {
        "points": formats.number(rate.numerator),
        "amount": formats.money(amount=rate.denominator, currency=currency, brief=True),
    }


def _sentence(found: Explanation, currency: str) -> str:
    words = {"rate": _rate(found.rate, currency), "multiplier": decimal(found.multiplier)}
    if found.multiplier == 1:
        return _("%(rate)s you paid.") % words
    return _("%(rate)s you paid, times %(multiplier)s for your tier.") % words
