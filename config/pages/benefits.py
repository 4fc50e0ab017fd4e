"""The tab of benefits: what the tier brings, and the rooms that apps add; the tier page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config.pages import drawing, ladder, progress
from config.pages.explanations import decimal
from config.pages.visitors import Visitor, member_page
from loyalty import selectors as loyalty_selectors
from loyalty.types import Ladder, Standing, Tier

PAGE = "benefits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Privilege:
    """Something that a tier brings: held already, or what makes it yours."""

    title: str
    words: str
    held: bool


@require_safe
@member_page
def benefits(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what the member's tier brings now and next, then the panels and rooms of apps."""
    programme = visitor.programme
    standing = _standing(visitor)
    steps = loyalty_selectors.get_ladder(programme_id=programme.id)
    values = {
        "standing": standing,
        "face": progress.face(standing.tier),
        "progress": progress.of(standing, currency=programme.currency),
        "privileges": privileges(standing, steps, currency=programme.currency),
        "panels": drawing.panels_of(PAGE, visitor),
        "rooms": drawing.rooms_of(PAGE, visitor),
    }
    return render(request, "pages/benefits.html", values)


@require_safe
@member_page
def tier(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the ladder, where the member stands on it, why, and how they came there."""
    programme = visitor.programme
    standing = _standing(visitor)
    changes = loyalty_selectors.list_changes(
        member_ids=visitor.member_ids, programme_id=programme.id
    )
    steps = loyalty_selectors.get_ladder(programme_id=programme.id)
    values = {
        "standing": standing,
        "face": progress.face(standing.tier),
        "progress": progress.of(standing, currency=programme.currency),
        "measured": ladder.measured(standing, currency=programme.currency),
        "rungs": ladder.rungs(steps, standing=standing, currency=programme.currency),
        "rules": ladder.rules(steps),
        "why": ladder.why(standing, currency=programme.currency),
        "changes": ladder.history(changes, steps, currency=programme.currency),
    }
    return render(request, "pages/tier.html", values)


def privileges(standing: Standing, steps: Ladder, *, currency: str) -> list[Privilege]:
    """Return the multipliers of this tier and of those above that bring more."""
    mine = standing.tier
    shown = [
        _earning(mine, words=_("With every purchase, from your tier."), held=True)
        if mine.multiplier > 1
        else Privilege(
            title=_("Points with every purchase"), words=_("Higher tiers earn faster."), held=True
        )
    ]
    best = mine.multiplier
    for tier in steps.tiers:
        if tier.rank <= mine.rank or tier.multiplier <= best:
            continue
        missing = max(tier.threshold - standing.amount, 0)
        words = _("%(tier)s: %(amount)s more") % {
            "tier": progress.tier_name(tier),
            "amount": progress.amount(missing, measure=standing.measure, currency=currency),
        }
        shown.append(_earning(tier, words=words, held=False))
        best = tier.multiplier
    return shown


def _earning(tier: Tier, *, words: str, held: bool) -> Privilege:
    title = _("%(multiplier)s × points") % {"multiplier": decimal(tier.multiplier)}
    return Privilege(title=title, words=words, held=held)


def _standing(visitor: Visitor) -> Standing:
    return loyalty_selectors.get_standing(
        member_ids=[visitor.member.id], programme_id=visitor.programme.id, at=visitor.now
    )[visitor.member.id]
