"""Rooms: pages of the member center that apps add, shown as rows where they belong.

An app registers its rooms in `AppConfig.ready()`; config.pages lists those of "me" on the
member's own page and those of "benefits" and "points" on theirs, and marks the tab.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from config.kernel.panels import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A page with an address of its own.

    `page` is the tab it lies behind: "benefits", "points" or "me". `url_name` is what
    `reverse` takes; every page with the same namespace marks the same tab. `title` and
    `words` are lazy translations, `icon` a template below pages/icons. `value` says in a
    word or two how things stand there ("2 addresses"); it may cost one query.
    """

    slug: str
    page: str
    order: int
    url_name: str
    title: Any
    words: Any = ""
    icon: str = "pages/icons/next.html"
    value: Callable[[Subject], str] | None = None


_rooms: dict[str, Room] = {}


def register(room: Room) -> None:
    """Add a room. The same slug again replaces it, so that a reload does no harm."""
    _rooms[room.slug] = room


def list_rooms(*, page: str | None = None) -> list[Room]:
    """Return the rooms behind a tab, or all, in order."""
    chosen = [room for room in _rooms.values() if page in (None, room.page)]
    return sorted(chosen, key=lambda room: (room.order, room.slug))
