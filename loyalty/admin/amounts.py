"""What ladders measure, and amounts of it, in words."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from config.kernel.money import minor_digits
from loyalty.types import Measure


def measure_words() -> list[tuple[str, str]]:
    """Return what a ladder can measure, in words."""
    return [
        (Measure.ROLLING_SPEND.value, _("Net spend of the last 12 months")),
        (Measure.CALENDAR_SPEND.value, _("Net spend of the calendar year")),
        (Measure.GROWTH.value, _("Growth of the last 12 months")),
    ]


def shown_amount(amount: int, measure: Measure, currency: str) -> str:
    """Return an amount of a measure: money, or growth."""
    if measure is Measure.GROWTH:
        return _("%(amount)s growth") % {"amount": f"{amount:,}"}
    digits = minor_digits(currency)
    return f"{Decimal(amount).scaleb(-digits):,.{digits}f} {currency}"
