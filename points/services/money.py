"""Stored value, red packets, tickets, a partner's points: the same engine, other units.

Stored value and red packets are payment: paying with them lowers no net amount, so an order
earns the same whichever way it is paid.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NotRequired, TypedDict, Unpack

from django.db import transaction

from config.kernel import audit
from members.programmes import selectors as programmes
from points import currencies
from points.errors import CurrencyInvalidError, NotSpendableError
from points.models import Currency
from points.services.posting import post
from points.types import (
    POINTS,
    Command,
    CurrencyDefinition,
    CurrencyKind,
    Earn,
    ExpiryRule,
    Outcome,
    Reverse,
    Spend,
)


class Payment(TypedDict):
    """What every movement of a currency is told, whichever way it goes."""

    member_id: int
    programme_id: int
    currency: str
    key: str
    now: datetime
    reason: NotRequired[str]
    actor: NotRequired[str]


def top_up(*, amount: int, source: str, **named: Unpack[Payment]) -> Outcome:
    """Give an amount of a currency; it expires by the currency's own rule.

    Raises:
        UnknownCurrencyError: the programme has no such currency.
        SourceConflictError: the source has given another amount.
    """
    definition = currencies.get(named["programme_id"], named["currency"])
    zone = programmes.get_programme(named["programme_id"]).zone
    expires_at = definition.expires_at(earned_at=named["now"], zone=zone)
    return _post(Earn, named, source=source, points=amount, expires_at=expires_at)


def pay(*, amount: int, source: str, **named: Unpack[Payment]) -> Outcome:
    """Pay with an amount of a currency, what expires first first.

    Raises:
        UnknownCurrencyError: the programme has no such currency.
        NotSpendableError: it cannot be spent.
        InsufficientPointsError: the member has less.
    """
    check_spendable(programme_id=named["programme_id"], currency=named["currency"])
    return _post(Spend, named, source=source, points=amount)


def pay_back(
    *, paid_under: str, amount: int | None = None, cause: str, **named: Unpack[Payment]
) -> Outcome:
    """Give back what was paid under a source, to the very lots it came from.

    Raises:
        EntryNotFoundError: nothing was paid under it.
        AlreadyReversedError, ReverseExceedsError: less is left of it.
    """
    return _post(
        Reverse, named, source=paid_under, spent_under=paid_under, points=amount, cause=cause
    )


def _post(kind: type[Command], named: Payment, **own: Any) -> Outcome:
    told: dict[str, Any] = {**named, **own}
    now = told.pop("now")
    return post(command=kind(**told, occurred_at=now), now=now)


def check_spendable(*, programme_id: int, currency: str) -> None:
    """Refuse a currency that is unknown or not to be spent. Points are known without asking."""
    if currency != POINTS and not currencies.get(programme_id, currency).spendable:
        raise NotSpendableError()


@transaction.atomic
def define_currency(
    *,
    programme_id: int,
    definition: CurrencyDefinition,
    actor: str,
    reason: str,
    now: datetime,
) -> CurrencyDefinition:
    """Write a new version of a currency's definition. Lots that exist keep their expiry.

    Raises:
        CurrencyInvalidError: it contradicts itself, or what accounts of it already are.
    """
    known = currencies.of_programme(programme_id).get(definition.code)
    _check(definition, known)
    row = Currency.objects.create(
        programme_id=programme_id,
        version=known.version + 1 if known else 1,
        actor=actor,
        reason=reason,
        made_at=now,
        **_columns(definition),
    )
    audit.record(
        actor=actor,
        action="points.currency_defined",
        target=f"programme:{programme_id}",
        reason=reason,
        before=_columns(known) if known else None,
        after=_columns(definition),
        now=now,
    )
    return currencies.get(programme_id, row.code)


def _columns(definition: CurrencyDefinition) -> dict[str, Any]:
    return {n: getattr(definition, n) for n in definition.__slots__ if n != "version"}


def _check(wanted: CurrencyDefinition, known: CurrencyDefinition | None) -> None:
    if (
        not wanted.code.isidentifier()
        or len(wanted.code) > 16
        or wanted.code.lower() != wanted.code
    ):
        raise CurrencyInvalidError("the code must be a lower-case word of at most 16 letters")
    if not (wanted.name_zh.strip() and wanted.name_en.strip()):
        raise CurrencyInvalidError("it needs a name in both languages")
    if (wanted.expiry is ExpiryRule.NEVER) != (wanted.validity == 0) and wanted.code != POINTS:
        raise CurrencyInvalidError("an expiry rule and its number go together")
    if known is not None and known.kind is not wanted.kind:
        raise CurrencyInvalidError("what is counted in points cannot become money, nor the reverse")
    if wanted.kind is CurrencyKind.MONEY and wanted.may_owe:
        raise CurrencyInvalidError("money that a member holds cannot go into debt")
