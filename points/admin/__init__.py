"""Console: the ledger, read-only, its corrections by hand and its proofs."""

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
)

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
