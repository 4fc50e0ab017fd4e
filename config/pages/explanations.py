"""How an order's points came about, line by line, from the decision kept with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from config.pages import formats
from loyalty.earning import selectors as earning_selectors
from loyalty.earning.types import PURCHASE, ExplainRow, Explanation
from members.programmes.types import Programme
from points.types import Kind, Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the arithmetic; `further` ones say what else a rule gave the line above."""

    title: str
    points: int
    base: int | None = None
    multiplier: str = ""
    note: str = ""
    further: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """A decision as a member reads it."""

    sentence: str
    currency: str
    rows: tuple[Row, ...]
    earned: int
    rule_version: int
    # A behavior has no lines to be added up.
    added_up: bool = True


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
    names: Mapping[str, str] = {}
    if any(row.rule != PURCHASE for row in found.rows):
        names = rule_names(programme_id=programme.id, version=found.rule_version)
    if "behavior" in found.inputs:
        return _of_behavior(found, names, programme)
    return Arithmetic(
        sentence=_sentence(found, programme.currency),
        currency=programme.currency,
        rows=tuple(_rows(found, names, titles or {}, programme.currency)),
        earned=found.earned,
        rule_version=found.rule_version,
    )


def rule_names(*, programme_id: int, version: int | None = None) -> dict[str, str]:
    """Return what rules and behaviors are called in the active language, by code."""
    chinese = (get_language() or "").startswith("zh")
    names = earning_selectors.list_names(programme_id=programme_id, version=version)
    return {code: (zh if chinese else en) or code for code, (zh, en) in names.items()}


def _of_behavior(found: Explanation, names: Mapping[str, str], programme: Programme) -> Arithmetic:
    behavior = str(found.inputs["behavior"])
    return Arithmetic(
        sentence=_("“%(behavior)s” earns %(points)s points each time.")
        % {"behavior": names.get(behavior, behavior), "points": formats.number(found.earned)},
        currency=programme.currency,
        rows=(),
        earned=found.earned,
        rule_version=found.rule_version,
        added_up=False,
    )


def _rows(
    found: Explanation, names: Mapping[str, str], titles: Mapping[int, str], currency: str
) -> Iterator[Row]:
    told: set[int] = set()
    for row in found.rows:
        name = names.get(row.rule, row.rule)
        further = row.line_no in told
        title = titles.get(row.line_no) or _("Line %(number)s") % {"number": row.line_no}
        notes = [] if further or row.rule == PURCHASE else [name]
        yield Row(
            title=name if further else title,
            base=None if further else row.base,
            multiplier="" if further and row.multiplier == 1 else decimal(row.multiplier),
            points=row.points,
            note=_(", ").join([*notes, *_notes(row, currency)]),
            further=further,
        )
        told.add(row.line_no)


def _notes(row: ExplainRow, currency: str) -> Iterator[str]:
    """Yield what else is to be said of what a rule gave."""
    if row.rate is not None:
        yield _rate(row.rate, currency)
    if row.capped:
        yield {
            "order": _("as much as it gives an order"),
            "day": _("as much as it gives a day"),
            "week": _("as much as it gives a week"),
            "month": _("as much as it gives a month"),
        }.get(row.capped, _("as much as it gives a member"))
    unit, _colon, count = row.validity.partition(":")
    if count:
        number = int(count)
        yield {
            "days": ngettext("valid for %(count)s day", "valid for %(count)s days", number),
            "months": ngettext("valid for %(count)s month", "valid for %(count)s months", number),
        }.get(
            unit,
            ngettext(
                "valid to the end of the month after %(count)s month",
                "valid to the end of the month after %(count)s months",
                number,
            ),
        ) % {"count": number}


def decimal(value: Fraction) -> str:
    """Return a multiplier as 1.5; what no short decimal can say stays a fraction."""
    thousandths = value * 1000
    if thousandths.denominator != 1:
        return str(value)
    return f"{thousandths.numerator / 1000:.3f}".rstrip("0").rstrip(".")


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
