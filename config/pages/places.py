"""The tabs of the member center: what the tab bar and the side rail show."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.kernel import rooms
from members.programmes.types import Programme

NAMESPACE = "pages"
# Which of the center's own pages lie behind each tab; pages of other apps go by their room.
_OWN = {
    "home": "home",
    "benefits": "benefits",
    "tier": "benefits",
    "statement": "points",
    "entry": "points",
    "exchange": "points",
    "exchanged": "points",
    "messages": "messages",
    "me": "me",
    "profile": "me",
    "orders": "me",
    "order": "me",
    "code": "me",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One entry of the navigation."""

    url: str
    title: str
    icon: str
    here: bool


def list_places(current: str) -> list[Place]:
    """Return the tabs a visitor can go to, the one called `current` marked."""
    tabs = (
        ("home", "pages:home", _("Home")),
        ("benefits", "pages:benefits", _("Benefits")),
        ("points", "pages:statement", _("Points")),
        ("messages", "pages:messages", _("Messages")),
        ("me", "pages:me", _("Me")),
    )
    return [
        Place(url=reverse(name), title=title, icon=tab, here=tab == current)
        for tab, name, title in tabs
    ]


def tab_of(request: HttpRequest | None) -> str:
    """Return the tab that a request is behind, or nothing."""
    match = request.resolver_match if request is not None else None
    if match is None:
        return ""
    if match.namespace == NAMESPACE:
        return _OWN.get(match.url_name or "", "")
    for room in rooms.list_rooms():
        if match.namespace and room.url_name.partition(":")[0] == match.namespace:
            return room.page
    return ""


def programme_name(programme: Programme) -> str:
    """Return what a programme is called in the active language."""
    zh = (get_language() or "").startswith("zh")
    return programme.name_zh if zh else programme.name_en
