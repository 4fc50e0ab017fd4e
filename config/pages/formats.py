"""Amounts, points and times as a member reads them, by language and the active zone."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import get_currency_symbol
from django.utils import timezone
from django.utils.translation import get_language

from config.kernel.money import minor_digits

# A minus sign: as wide as the plus it stands under, and never parted from its number.
MINUS = "−"
# Every currency is written with the sign its own shoppers know: ¥ and £, never CN¥.
_SIGNS_OF = "zh_Hans_CN"


# Digits and 年月日 may be parted at the end of a line; a word joiner says that they may not.
_JOINT = "\u2060"
_SEAM = re.compile(r"(?<=[年月])(?=\d)|(?<=\d)(?=[年月日])")
# What ends at midnight ended the day before, an instant earlier.
INSTANT = timedelta(microseconds=1)


def locale() -> str:
    """Return Babel's name of the active language."""
    return "zh_Hans_CN" if (get_language() or "").startswith("zh") else "en_US"


def money(*, amount: int, currency: str, brief: bool = False) -> str:
    """Return an amount of minor units as ¥1,240.50; `brief` leaves out a zero fraction."""
    digits = minor_digits(currency)
    whole, rest = divmod(abs(amount), 10**digits)
    fraction = "" if not digits or (brief and not rest) else f".{rest:0{digits}d}"
    return f"{MINUS if amount < 0 else ''}{_symbol(currency)}{whole:,}{fraction}"


@lru_cache(maxsize=256)
def _symbol(currency: str) -> str:
    return str(get_currency_symbol(currency, locale=_SIGNS_OF))


def number(value: int) -> str:
    """Return a number with its thousands apart."""
    # What Babel writes for "#,##0" in both languages, at a fiftieth of the price.
    return f"{value:,}".replace("-", MINUS)


def signed(value: int) -> str:
    """Return a change: +20, −1,000, or 0."""
    return ("+" if value > 0 else "") + number(value)


def day(value: datetime | date | None) -> str:
    """Return the local day of an instant, such as November 22, 2026."""
    if value is None:
        return ""
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return _day(local, locale())


@lru_cache(maxsize=4096)
def _day(local: date, language: str) -> str:
    return unparted(str(format_date(local, "long", locale=language)))


def unparted(text: str) -> str:
    """Keep Chinese days and months from being parted at the end of a line."""
    return _SEAM.sub(_JOINT, text)


def last_day(value: datetime | None) -> str:
    """Return the last day before an exclusive bound: what ends at midnight ended the day before."""
    return day(timezone.localtime(value) - INSTANT) if value else ""


def final_day(value: datetime | None, zone: tzinfo) -> str:
    """Return the last day before an exclusive bound in a zone of its own: a partner's points."""
    return day((value.astimezone(zone) - INSTANT).date()) if value else ""


def sentences(*parts: str) -> str:
    """Return sentences one after another; Chinese puts no space between them."""
    return ("" if locale().startswith("zh") else " ").join(part for part in parts if part)


def month(value: date) -> str:
    """Return a month with its year, such as November 2026."""
    return _month(value, locale())


@lru_cache(maxsize=1024)
def _month(value: date, language: str) -> str:
    pattern = "y年M月" if language.startswith("zh") else "MMMM y"
    return unparted(str(format_date(value, pattern, locale=language)))


def short_month(value: date) -> str:
    """Return a month as an axis names it: 6月, Jun."""
    pattern = "M月" if locale().startswith("zh") else "MMM"
    return str(format_date(value, pattern, locale=locale()))


def moment(value: datetime | None) -> str:
    """Return the local day and time of an instant."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return _minute(local.replace(second=0, microsecond=0, tzinfo=None), locale())


@lru_cache(maxsize=8192)
def _minute(local: datetime, language: str) -> str:
    pattern = "y年M月d日 HH:mm" if language.startswith("zh") else "MMM d, y, HH:mm"
    return unparted(str(format_datetime(local, pattern, locale=language)))


def card_number(value: str) -> str:
    """Return a member number in groups of four, as it is printed on a card."""
    return " ".join(value[start : start + 4] for start in range(0, len(value), 4))
