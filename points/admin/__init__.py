"""Console: the ledger, read-only, its corrections by hand and its proofs."""

from config.kernel.console import names_codes
from points.admin import (
    accounts,
    currencies,
    entries,
    exchangerates,
    exchanges,
    liability,
    limits,
    lots,
    proofs,
    wording,
)

names_codes("currency", wording.currency_words)

__all__ = [
    "accounts",
    "currencies",
    "entries",
    "exchangerates",
    "exchanges",
    "liability",
    "limits",
    "lots",
    "proofs",
]
