"""Reads of the ledger: plain values, with what is due by then shown as done."""

from points.selectors.balances import get_balance, get_balances
from points.selectors.board import sum_points_by_day
from points.selectors.corrections import get_limit, list_reasons
from points.selectors.currencies import (
    get_currency,
    list_currencies,
    list_holdings,
    list_reminded,
)
from points.selectors.entries import get_entry, list_entries
from points.selectors.exchanges import (
    find_rate,
    get_exchange,
    given_today,
    list_pairs,
    list_rates,
    list_settlement,
    receiving_member,
)
from points.selectors.proofs import get_standing
from points.selectors.reconciliation import Difference, reconcile, reconcile_members
from points.selectors.reporting import get_liability
from points.selectors.reservations import get_reservation
from points.selectors.wallets import get_wallet

# Views that set-based jobs of other apps may join, by what they show.
SQL_VIEWS = {
    "balances": "points_balances",  # member_id, programme_id, currency, available … debt
    "open_lots": "points_open_lots",  # member_id, programme_id, currency, remaining … expires_at
}

__all__ = [
    "SQL_VIEWS",
    "Difference",
    "find_rate",
    "get_balance",
    "get_balances",
    "get_currency",
    "get_entry",
    "get_exchange",
    "get_liability",
    "get_limit",
    "get_reservation",
    "get_standing",
    "get_wallet",
    "given_today",
    "list_currencies",
    "list_entries",
    "list_holdings",
    "list_pairs",
    "list_rates",
    "list_reasons",
    "list_reminded",
    "list_settlement",
    "receiving_member",
    "reconcile",
    "reconcile_members",
    "sum_points_by_day",
]
