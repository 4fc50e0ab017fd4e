"""Amounts, points and times as a member reads them, by language and the active zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, get_currency_symbol
from django.utils import timezone
from django.utils.translation import get_language

from config.kernel.money import minor_digits

# Every currency is written with the sign its own shoppers know: ¥ and £, never CN¥.
_SIGNS_OF = "zh_Hans_CN"


def locale() -> str:
    """Return Babel's name of the active language."""
    return "zh_Hans_CN" if (get_language() or "").startswith("zh") else "en_US"


def money(*, amount: int, currency: str, brief: bool = False) -> str:
    """Return an amount of minor units as ¥1,240.50; `brief` leaves out a zero fraction."""
    digits = minor_digits(currency)
    value = Decimal(abs(amount)).scaleb(-digits)
    whole = brief and value == value.to_integral_value()
    pattern = "#,##0" if whole or not digits else "#,##0." + "0" * digits
    sign = "-" if amount < 0 else ""
    symbol = get_currency_symbol(currency, locale=_SIGNS_OF)
    return f"{sign}{symbol}{format_decimal(value, format=pattern, locale=locale())}"


def number(value: int) -> str:
    """Return a number with its thousands apart."""
    return str(format_decimal(value, format="#,##0", locale=locale()))


def signed(value: int) -> str:
    """Return a change: +20, -1,000, or 0."""
    return ("+" if value > 0 else "") + number(value)


def day(value: datetime | date | None) -> str:
    """Return the local day of an instant, such as November 22, 2026."""
    if value is None:
        return ""
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return str(format_date(local, "long", locale=locale()))


def last_day(value: datetime | None) -> str:
    """Return the last day before an exclusive bound: what ends at midnight ended the day before."""
    return day(timezone.localtime(value) - timedelta(microseconds=1)) if value else ""


def month(value: date) -> str:
    """Return a month with its year, such as November 2026."""
    chinese = locale().startswith("zh")
    return str(format_date(value, "y年M月" if chinese else "MMMM y", locale=locale()))


def moment(value: datetime | None) -> str:
    """Return the local day and time of an instant."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    pattern = "y年M月d日 HH:mm" if locale().startswith("zh") else "MMM d, y, HH:mm"
    return str(format_datetime(local, pattern, locale=locale()))


def card_number(value: str) -> str:
    """Return a member number in groups of four, as it is printed on a card."""
    return " ".join(value[start : start + 4] for start in range(0, len(value), 4))
