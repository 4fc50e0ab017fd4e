"""What a member has, in sentences: what arrives when, and what ends by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from config.pages import formats
from points.types import Expiring, Wallet


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
