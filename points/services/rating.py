"""Exchange rates: rows with versions, each holding from its own time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from config.kernel import audit
from points import currencies, rates
from points.errors import RateInvalidError
from points.models import ExchangeRate
from points.services.money import check_spendable
from points.types import Rate, Rounding


@transaction.atomic
def publish_rate(*, rate: Rate, actor: str, reason: str, now: datetime) -> Rate:
    """Write a rate's next version; it holds from `begins_at` until a later version begins.

    Raises:
        RateInvalidError: it contradicts itself, or would begin in the past.
        UnknownCurrencyError: one of the programmes has no such currency.
    """
    _check_rate(rate, reason=reason, now=now)
    pair = {
        "from_programme_id": rate.source.programme_id,
        "from_currency": rate.source.currency,
        "to_programme_id": rate.target.programme_id,
        "to_currency": rate.target.currency,
    }
    newest = ExchangeRate.objects.select_for_update().filter(**pair).order_by("-version").first()
    if newest is not None and newest.begins_at > rate.begins_at:
        raise RateInvalidError("a later version is published already")
    row = ExchangeRate.objects.create(
        **pair,
        version=newest.version + 1 if newest else 1,
        begins_at=rate.begins_at,
        closed=rate.closed,
        **{name: getattr(rate, name) for name in _TERMS},
        actor=actor,
        reason=reason,
        made_at=now,
    )
    audit.record(
        actor=actor,
        action="points.rate_published",
        target=f"exchange_rate:{row.pk}",
        reason=reason,
        before={n: getattr(newest, n) for n in _TERMS} if newest else None,
        after={n: getattr(rate, n) for n in _TERMS},
        now=now,
    )
    return rates.to_rate(row)


_TERMS = (
    "per", "gives", "rounding", "fee_fixed", "fee_permille", "minimum", "step",
    "member_limit", "pair_limit", "carries_expiry", "price",
)  # fmt: skip


def _check_rate(rate: Rate, *, reason: str, now: datetime) -> None:
    if not reason.strip():
        raise RateInvalidError("say why")
    if rate.source == rate.target:
        raise RateInvalidError("points are not exchanged for themselves")
    for purse in (rate.source, rate.target):
        currencies.get(purse.programme_id, purse.currency)
    check_spendable(programme_id=rate.source.programme_id, currency=rate.source.currency)
    if rate.begins_at < now:
        raise RateInvalidError("a rate cannot begin in the past")
    if min(rate.per, rate.gives, rate.minimum, rate.step) < 1:
        raise RateInvalidError("rate, minimum and step are positive")
    if rate.fee_fixed < 0 or not 0 <= rate.fee_permille <= 1000 or rate.price < 0:
        raise RateInvalidError("fee and price are not negative, and no fee is above the whole")
    if any(limit is not None and limit < 1 for limit in (rate.member_limit, rate.pair_limit)):
        raise RateInvalidError("a limit is positive, or left empty")
    if rate.rounding not in list(Rounding):
        raise RateInvalidError("unknown rounding")
