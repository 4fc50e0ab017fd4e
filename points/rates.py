"""Exchange rates as they hold at an instant."""

from __future__ import annotations

from datetime import datetime

from points.errors import NoRateError
from points.models import ExchangeRate
from points.types import Purse, Rate, Rounding


def to_rate(row: ExchangeRate) -> Rate:
    """Return a row as other modules see it."""
    return Rate(
        id=row.pk,
        version=row.version,
        source=Purse(programme_id=row.from_programme_id, currency=row.from_currency),
        target=Purse(programme_id=row.to_programme_id, currency=row.to_currency),
        per=row.per,
        gives=row.gives,
        rounding=Rounding(row.rounding),
        fee_fixed=row.fee_fixed,
        fee_permille=row.fee_permille,
        minimum=row.minimum,
        step=row.step,
        member_limit=row.member_limit,
        pair_limit=row.pair_limit,
        carries_expiry=row.carries_expiry,
        price=row.price,
        begins_at=row.begins_at,
        closed=row.closed,
    )


def find(*, source: Purse, target: Purse, at: datetime) -> Rate | None:
    """Return the newest rate that has begun by `at`; None when there is none, or it is closed."""
    row = (
        ExchangeRate.objects.filter(
            from_programme_id=source.programme_id,
            from_currency=source.currency,
            to_programme_id=target.programme_id,
            to_currency=target.currency,
            begins_at__lte=at,
        )
        .order_by("-version")
        .first()
    )
    return None if row is None or row.closed else to_rate(row)


def get(*, source: Purse, target: Purse, at: datetime) -> Rate:
    """Return the rate in force.

    Raises:
        NoRateError: these two are not exchanged.
    """
    rate = find(source=source, target=target, at=at)
    if rate is None:
        raise NoRateError()
    return rate


def in_force(*, source_programme_id: int, at: datetime) -> list[Rate]:
    """Return every rate by which a programme's points can be given now."""
    rows = ExchangeRate.objects.filter(from_programme_id=source_programme_id, begins_at__lte=at)
    newest: dict[tuple[str, int, str], ExchangeRate] = {}
    for row in rows.order_by("version"):
        newest[row.from_currency, row.to_programme_id, row.to_currency] = row
    return [to_rate(row) for row in newest.values() if not row.closed]
