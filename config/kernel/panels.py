"""Panels: what apps offer to pages that mix apps, rendered on the server in one request.

The registry lies in the kernel so that every app may fill it in `AppConfig.ready()`;
config.pages shows what it finds. A panel gives values, its template draws them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom a panel is about, as far as every panel wants to know.

    `member_ids` are all ids ever merged into `member_id`; `number` is the card number and
    `name` what the member likes to be called, perhaps nothing.
    """

    member_id: int
    member_ids: Sequence[int]
    number: str
    name: str
    programme_id: int
    currency: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of a page. `values` returns what the template needs, or None to stay away.

    `slug` is its address below /panels/, `page` the page it belongs on, `order` its place;
    `column` where it stands when the page is wide enough for two.
    """

    slug: str
    page: str
    order: int
    column: int = 1
    template: str
    values: Callable[[Subject], Mapping[str, object] | None]


_panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    """Offer a panel. The same slug again replaces it, so that a reload does no harm."""
    _panels[panel.slug] = panel


def list_panels(*, page: str) -> list[Panel]:
    """Return the panels of a page, in order."""
    chosen = [panel for panel in _panels.values() if panel.page == page]
    return sorted(chosen, key=lambda panel: (panel.order, panel.slug))


def find_panel(*, slug: str) -> Panel | None:
    """Return the panel with this slug."""
    return _panels.get(slug)
