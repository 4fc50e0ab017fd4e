"""What a programme counts, and what a member has of each of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from points import currencies
from points.models import Account, Reminder
from points.selectors.balances import get_balance
from points.types import CurrencyDefinition, Expiring, Holding, Purse


def get_currency(*, programme_id: int, code: str) -> CurrencyDefinition:
    """Return a currency of a programme.

    Raises:
        UnknownCurrencyError: the programme has no such currency.
    """
    return currencies.get(programme_id, code)


def list_currencies(*, programme_id: int) -> list[CurrencyDefinition]:
    """Return everything a programme counts."""
    return list(currencies.of_programme(programme_id).values())


def list_reminded(*, member_id: int, day: date) -> list[tuple[CurrencyDefinition, Expiring]]:
    """Return what a member is reminded of on a local day, what ends first first."""
    reminders = Reminder.objects.filter(member_id=member_id, day=day).order_by("expires_at", "id")
    rows = {account.id: account for account in Account.objects.filter(member_id=member_id)}
    return [
        (
            currencies.get(rows[r.account_id].programme_id, rows[r.account_id].currency),
            Expiring(at=r.expires_at, points=r.points),
        )
        for r in reminders
    ]


def list_holdings(
    *, member_ids: Sequence[int], at: datetime, but: Collection[Purse] = ()
) -> list[Holding]:
    """Return every account of a member, whichever programme's: shown currencies alone.

    A member has few accounts; each is read with its lots, for what expires. `but` names those
    that the caller knows already.
    """
    rows = Account.objects.filter(member_id__in=list(member_ids)).order_by("programme_id", "id")
    accounts = [
        row
        for row in rows
        if Purse(programme_id=row.programme_id, currency=row.currency) not in but
    ]
    known = {p: currencies.of_programme(p) for p in {a.programme_id for a in accounts}}
    holdings = []
    for account in accounts:
        definition = known[account.programme_id].get(account.currency)
        if definition is None or not definition.shown:
            continue
        balance = get_balance(
            member_id=account.member_id,
            programme_id=account.programme_id,
            currency=account.currency,
            at=at,
            now=at,
        )
        holdings.append(
            Holding(programme_id=account.programme_id, currency=definition, balance=balance)
        )
    return holdings
