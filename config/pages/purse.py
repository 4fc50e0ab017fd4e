"""What a member has, in sentences: what arrives when, and what ends by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from config.pages import charts, formats
from points.types import Expiring, Wallet

# How many months a chart shows at most.
_MONTHS = 12
_ROOMY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The points that end within one month, and the last day they are good."""

    month: date
    points: int
    last: datetime


def arrives(wallet: Wallet) -> str:
    """Return in a sentence when points on their way can be spent."""
    known = [part for part in wallet.maturing if part.at is not None]
    unknown = sum(part.points for part in wallet.maturing if part.at is None)
    if not known:
        return _("Yours to spend once the return window of their order has passed.")
    first = {"points": formats.number(known[0].points), "day": formats.day(known[0].at)}
    if len(known) == 1 and not unknown:
        return _("Yours to spend from %(day)s.") % first
    return _("The next %(points)s can be spent from %(day)s.") % first


def chart(parts: Sequence[Expiring]) -> charts.Chart | None:
    """Return what expires by month as bars, quiet months in between included; None for one."""
    endings = by_month(parts)
    if len(endings) < 2:
        return None
    points = {ending.month: ending.points for ending in endings}
    months = _months(endings[0].month, endings[-1].month)
    return charts.bars(
        [
            (
                formats.month(month),
                # Under many bars there is room for the number alone.
                formats.short_month(month) if len(months) <= _ROOMY else str(month.month),
                points.get(month, 0),
            )
            for month in months
        ],
        title=_("Points that expire, by month"),
        summary=_("Points that expire, by month; the same as a table below."),
        marked=0,
    )


def _months(first: date, last: date) -> list[date]:
    """Return the months of a chart: at most a year of them, from the first on."""
    months = [first]
    while months[-1] < last and len(months) < _MONTHS:
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    return months


def by_month(parts: Sequence[Expiring]) -> list[Ending]:
    """Return what expires by local month of its last day, soonest first."""
    found: dict[date, Ending] = {}
    for part in parts:
        last = timezone.localtime(part.at) - formats.INSTANT
        month = last.date().replace(day=1)
        before = found.get(month)
        found[month] = Ending(
            month=month, points=part.points + (before.points if before else 0), last=part.at
        )
    return [found[month] for month in sorted(found)]
