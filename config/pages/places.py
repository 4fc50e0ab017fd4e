"""The rooms of the member center: what the tab bar and the side rail show."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One entry of the navigation."""

    url: str
    title: str
    icon: str
    here: bool


def list_places(*, request: HttpRequest | None) -> list[Place]:
    """Return the places a visitor can go to, the one that `request` is in marked."""
    match = request.resolver_match if request is not None else None
    current = match.view_name if match is not None else ""
    rooms = [
        ("pages:home", _("Home"), "home", {"pages:home"}),
        ("pages:statement", _("Points"), "points", {"pages:statement", "pages:entry"}),
        ("pages:orders", _("Orders"), "orders", {"pages:orders", "pages:order"}),
        ("pages:tier", _("Tier"), "tier", {"pages:tier"}),
        ("pages:me", _("Me"), "me", {"pages:me"}),
    ]
    return [
        Place(
            url=reverse(name),
            title=title,
            icon=f"pages/icons/{icon}.html",
            here=current in members,
        )
        for name, title, icon, members in rooms
    ]
