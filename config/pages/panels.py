"""The member home's own panels: the card, what the member has, what changed lately.

Later apps register theirs in `AppConfig.ready()` through `config.kernel.panels`; those
that need several apps at once live here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from config.kernel.panels import Panel, Subject, register
from config.pages import entries, progress, purse
from loyalty import selectors as loyalty_selectors
from members import selectors as members_selectors
from points import selectors as points_selectors

HOME = "home"
_NEWEST = 5
_NEWS = timedelta(days=30)


def register_all() -> None:
    """Offer the panels of the member home."""
    register(
        Panel(
            slug="merged", page=HOME, order=5, template="pages/panels/merged.html", values=_merged
        )
    )
    register(
        Panel(slug="card", page=HOME, order=10, template="pages/panels/card.html", values=_card)
    )
    register(
        Panel(slug="have", page=HOME, order=20, template="pages/panels/have.html", values=_have)
    )
    register(
        Panel(
            slug="changed",
            page=HOME,
            order=40,
            column=2,
            template="pages/panels/changed.html",
            values=_changed,
        )
    )


def _merged(subject: Subject) -> Mapping[str, object] | None:
    """Say for some days that two accounts became one; nobody else's home asks for it."""
    if len(subject.member_ids) == 1:
        return None
    since = subject.now - _NEWS
    is_news = members_selectors.has_merged_since(member_id=subject.member_id, since=since)
    return {"bare": True} if is_news else None


def _card(subject: Subject) -> Mapping[str, object]:
    standing = loyalty_selectors.get_standing(
        member_ids=[subject.member_id], programme_id=subject.programme_id, at=subject.now
    )[subject.member_id]
    return {
        # The card brings its own two sides: the panel around it draws no surface.
        "bare": True,
        "face": progress.face(standing.tier),
        "number": subject.number,
        "name": subject.name,
        "standing": standing,
        "progress": progress.of(standing, currency=subject.currency),
    }


def _have(subject: Subject) -> Mapping[str, object]:
    wallet = points_selectors.get_wallet(
        member_id=subject.member_id, programme_id=subject.programme_id, now=subject.now
    )
    expiring = wallet.balance.expiring
    return {
        "balance": wallet.balance,
        "next_expiring": expiring[0] if expiring else None,
        "arrives": purse.arrives(wallet),
    }


def _changed(subject: Subject) -> Mapping[str, object]:
    page = points_selectors.list_entries(
        member_ids=subject.member_ids, programme_id=subject.programme_id, limit=_NEWEST
    )
    return {
        "lines": entries.as_lines(
            page.entries, member_ids=subject.member_ids, programme_id=subject.programme_id
        )
    }
