"""How the console names the two ends of an exchange: a programme's currency."""

from __future__ import annotations

from config.kernel.console import programme_name
from members.programmes import selectors as programmes
from points import models, rates, selectors
from points.admin.wording import currency_words
from points.types import Purse


def choices() -> list[tuple[str, str]]:
    """Return every currency of every programme that can be given."""
    return [
        (f"{programme.id}:{currency.code}", _called(programme.id, currency.code))
        for programme in programmes.list_programmes()
        for currency in selectors.list_currencies(programme_id=programme.id)
        if currency.spendable
    ]


def _called(programme: int, currency: str) -> str:
    return f"{programme_name(programme)} · {currency_words().get(currency, currency)}"


def read(text: str) -> Purse:
    """Read a purse from what a form holds."""
    programme, _colon, currency = text.partition(":")
    return Purse(programme_id=int(programme), currency=currency)


def ends(obj: models.ExchangeRate) -> tuple[Purse, Purse]:
    """Return what is given and what is received."""
    rate = rates.to_rate(obj)
    return rate.source, rate.target


def code(purse: Purse) -> str:
    """Write a purse as a form holds it."""
    return f"{purse.programme_id}:{purse.currency}"


def name(purse: Purse) -> str:
    """Return what a purse is called."""
    return _called(purse.programme_id, purse.currency)
