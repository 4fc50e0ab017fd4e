"""What a member has besides the points of this programme: money, tickets, partners' points."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.pages import formats
from config.pages.places import programme_name
from config.pages.visitors import Visitor
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Programme
from points import selectors as points_selectors
from points.types import GROWTH, POINTS, CurrencyKind, Holding, Purse


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One of them, as its row shows it."""

    title: str
    words: str
    value: str


def of_visitor(visitor: Visitor) -> list[Held]:
    """Return what the member has in every other currency, nothing of what is at zero."""
    home = visitor.programme
    known = {Purse(programme_id=home.id, currency=code) for code in (POINTS, GROWTH)}
    found = points_selectors.list_holdings(
        member_ids=[visitor.member.id], at=visitor.now, but=known
    )
    return [_held(holding, home) for holding in found if _has(holding)]


def _has(holding: Holding) -> bool:
    return holding.balance.available + holding.balance.pending + holding.balance.held > 0


def _held(holding: Holding, home: Programme) -> Held:
    programme = programmes_selectors.get_programme(holding.programme_id)
    title = holding.currency.name(get_language() or "")
    if programme.id != home.id:
        title = f"{programme_name(programme)} · {title}"
    return Held(
        title=title,
        words=_ends(holding, programme),
        value=_amount(holding, holding.balance.available, programme),
    )


def _amount(holding: Holding, points: int, programme: Programme) -> str:
    if holding.currency.kind is CurrencyKind.MONEY:
        return formats.money(amount=points, currency=programme.currency)
    return formats.number(points)


def _ends(holding: Holding, programme: Programme) -> str:
    if not holding.balance.expiring:
        return _("Does not expire.") if holding.balance.available else ""
    first = holding.balance.expiring[0]
    return _("%(amount)s good until the end of %(day)s") % {
        "amount": _amount(holding, first.points, programme),
        "day": formats.final_day(first.at, programme.zone),
    }
