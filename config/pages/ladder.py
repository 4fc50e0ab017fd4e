"""The tier page: the ladder in words, and the member's way on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.pages import formats, progress
from config.pages.explanations import decimal
from loyalty.types import Change, Ladder, Measure, Standing, Tier, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A step of the ladder. `here`: the member stands on it; `reached`: they came past it."""

    tier: Tier
    needs: str
    multiplier: str
    face: int
    here: bool
    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One change of tier, with its reason in a sentence."""

    title: str
    why: str
    occurred_at: datetime


def measured(standing: Standing, *, currency: str) -> str:
    """Return what counts now, in a sentence."""
    amount = progress.amount(standing.amount, measure=standing.measure, currency=currency)
    match standing.measure:
        case Measure.ROLLING_SPEND:
            return _("%(amount)s in the last 12 months") % {"amount": amount}
        case Measure.CALENDAR_SPEND:
            return _("%(amount)s this calendar year") % {"amount": amount}
    return _("%(amount)s in the last 12 months") % {"amount": amount}


def why(standing: Standing, *, currency: str) -> str:
    """Return why the member stands where they do, in a sentence or two."""
    tier, until = standing.tier, formats.last_day(standing.until)
    if not tier.rank:
        return _("Everyone begins here.")
    words = {
        "tier": progress.tier_name(tier),
        "amount": progress.amount(standing.amount, measure=standing.measure, currency=currency),
        "needed": progress.amount(tier.threshold, measure=standing.measure, currency=currency),
        "since": formats.day(standing.since),
        "until": until,
    }
    if standing.protected:
        return _("Its year is over. You keep %(tier)s until %(until)s, as a time of grace.") % words
    if standing.amount >= tier.threshold:
        return (
            _("What counts now, %(amount)s, is enough for %(tier)s, which asks %(needed)s.") % words
        )
    return (
        _("You reached %(tier)s on %(since)s. It stays yours until %(until)s.") % words
        if until
        else _("You reached %(tier)s on %(since)s.") % words
    )


def rungs(ladder: Ladder, *, standing: Standing, currency: str) -> list[Rung]:
    """Return the steps, highest first, as one reads a ladder."""
    return [
        Rung(
            tier=tier,
            needs=_("From the day you join")
            if not tier.threshold
            else _("From %(amount)s a year")
            % {
                "amount": progress.amount(tier.threshold, measure=ladder.measure, currency=currency)
            },
            multiplier=_("Points × %(multiplier)s") % {"multiplier": decimal(tier.multiplier)},
            face=progress.face(tier),
            here=tier.code == standing.tier.code,
            reached=tier.rank <= standing.tier.rank,
        )
        for tier in reversed(ladder.tiers)
    ]


def rules(ladder: Ladder) -> str:
    """Return how long a tier stands and how far one can fall."""
    months = ngettext(
        "A tier is yours for %(months)s month from the day you reach it.",
        "A tier is yours for %(months)s months from the day you reach it.",
        ladder.validity_months,
    ) % {"months": ladder.validity_months}
    if not ladder.steps_down:
        return months
    falls = ngettext(
        "After that you keep what the year's purchases give, %(steps)s level lower at most.",
        "After that you keep what the year's purchases give, %(steps)s levels lower at most.",
        ladder.steps_down,
    ) % {"steps": ladder.steps_down}
    return _join(months, falls)


def history(changes: Sequence[Change], ladder: Ladder, *, currency: str) -> list[Turn]:
    """Return the member's changes of tier, newest first."""
    return [
        Turn(
            title=f"{_name(ladder, change.from_code)} → {_name(ladder, change.to_code)}"
            if change.from_code != change.to_code
            else _name(ladder, change.to_code),
            why=_reason(change),
            occurred_at=change.occurred_at,
        )
        for change in changes
    ]


def _name(ladder: Ladder, code: str) -> str:
    tier = ladder.find(code)
    return progress.tier_name(tier) if tier else code


def _reason(change: Change) -> str:
    until = formats.last_day(change.until)
    sentences = {
        Why.UPGRADED: _("Your purchases reached it."),
        Why.RENEWED: _("Your purchases kept it for another year."),
        Why.PROTECTED: _("You stay for a time of grace."),
        Why.DOWNGRADED: _("Its time was over and the year's purchases did not reach it again."),
        Why.REFUNDED: _("The order that had brought it was refunded."),
        Why.REMAPPED: _("The ladder was changed."),
    }
    sentence = sentences[change.why]
    return _join(sentence, _("Valid until %(day)s.") % {"day": until}) if until else sentence


def _join(first: str, second: str) -> str:
    """Put two sentences behind each other; Chinese has no space between them."""
    return _("%(first)s %(second)s") % {"first": first, "second": second}
