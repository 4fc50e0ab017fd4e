"""The one bar on the card: how far to the next tier, or what staying needs."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.pages import formats
from loyalty.types import Measure, Standing, Tier

FACES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A bar and its sentences. `value` of `maximum`; no bar when there is nothing to reach."""

    value: int
    maximum: int
    label: str
    sentence: str
    staying: str


def of(standing: Standing, *, currency: str) -> Progress:
    """Return the bar of a member who stands here."""
    following = standing.next_tier
    if following is None:
        return _at_the_top(standing, currency)
    return Progress(
        value=min(standing.amount, following.threshold),
        maximum=following.threshold,
        label=_("Way to the next tier"),
        sentence=_to_next(standing, following, currency),
        staying=_to_stay(standing, currency),
    )


def face(tier: Tier) -> int:
    """Return which of the five faces a card has, from the bottom; the fifth serves all above."""
    return min(tier.rank, FACES - 1)


def amount(value: int, *, measure: Measure, currency: str) -> str:
    """Return an amount in what the ladder measures: money spent, or growth."""
    if measure is Measure.GROWTH:
        return _("%(number)s growth") % {"number": formats.number(value)}
    return formats.money(amount=value, currency=currency, brief=True)


def tier_name(tier: Tier) -> str:
    """Return the tier's name in the active language."""
    return tier.name_zh if (get_language() or "").startswith("zh") else tier.name_en


def _at_the_top(standing: Standing, currency: str) -> Progress:
    """Return the bar of what staying needs: there is nothing above."""
    needed = standing.tier.threshold if standing.until else 0
    return Progress(
        value=max(needed - standing.to_stay, 0),
        maximum=needed,
        label=_("Way to another year of this tier"),
        sentence=_("You have reached the top. Thank you."),
        staying=_to_stay(standing, currency),
    )


def _to_next(standing: Standing, following: Tier, currency: str) -> str:
    words = {
        "amount": amount(standing.to_next or 0, measure=standing.measure, currency=currency),
        "tier": tier_name(following),
    }
    # A calendar year starts anew on 1 January; a rolling one has no such day to name.
    if standing.measure is Measure.CALENDAR_SPEND:
        return _("%(amount)s more by 31 December to %(tier)s") % words
    return _("%(amount)s more to %(tier)s") % words


def _to_stay(standing: Standing, currency: str) -> str:
    if standing.until is None:
        return ""
    words = {"tier": tier_name(standing.tier), "day": formats.last_day(standing.until)}
    if standing.to_stay <= 0:
        return _("%(tier)s until %(day)s, and safe for the year after") % words
    missing = amount(standing.to_stay, measure=standing.measure, currency=currency)
    return _("Stay %(tier)s after %(day)s with %(amount)s more") % {
        **words,
        "amount": missing,
    }
