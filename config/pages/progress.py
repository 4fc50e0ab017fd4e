"""The one bar on the card: how far to the next tier, or what staying needs."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.pages import formats
from loyalty.types import Measure, Standing, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A bar and its sentences. `value` of `maximum`; no bar when there is nothing to reach."""

    value: int
    maximum: int
    sentence: str
    staying: str


def of(standing: Standing, *, currency: str) -> Progress:
    """Return the bar of a member who stands here."""
    following = standing.next_tier
    return Progress(
        value=min(standing.amount, following.threshold) if following else 1,
        maximum=following.threshold if following else 1,
        sentence=_to_next(standing, currency),
        staying=_to_stay(standing, currency),
    )


def amount(value: int, *, measure: Measure, currency: str) -> str:
    """Return an amount in what the ladder measures: money spent, or growth."""
    if measure is Measure.GROWTH:
        return _("%(number)s growth") % {"number": formats.number(value)}
    return formats.money(amount=value, currency=currency, brief=True)


def tier_name(tier: Tier) -> str:
    """Return the tier's name in the active language."""
    return tier.name_zh if (get_language() or "").startswith("zh") else tier.name_en


def _to_next(standing: Standing, currency: str) -> str:
    if standing.next_tier is None or standing.to_next is None:
        return _("You have reached the top. Thank you.")
    return _("%(amount)s more to %(tier)s") % {
        "amount": amount(standing.to_next, measure=standing.measure, currency=currency),
        "tier": tier_name(standing.next_tier),
    }


def _to_stay(standing: Standing, currency: str) -> str:
    if standing.until is None:
        return ""
    words = {"tier": tier_name(standing.tier), "day": formats.last_day(standing.until)}
    if standing.to_stay <= 0:
        return _("%(tier)s until %(day)s, and safe for the year after") % words
    missing = amount(standing.to_stay, measure=standing.measure, currency=currency)
    return _("%(tier)s until %(day)s; %(amount)s more by then to stay") % {
        **words,
        "amount": missing,
    }
