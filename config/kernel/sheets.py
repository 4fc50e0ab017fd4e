"""Sheets: what apps show of a member on the console's one page about them.

An app registers a sheet; the page asks it for facts, tables and links, and draws them all
the same way. What an operator may not see is not even read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from config.kernel.console import Link, Table
from config.kernel.panels import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a sheet says: a headline, facts (label and value), tables, and where to go on.

    `actions` are links to forms that change something, with the permission they need.
    """

    headline: str = ""
    say: str = ""
    facts: Sequence[tuple[str, object]] = ()
    tables: Sequence[Table] = ()
    links: Sequence[Link] = ()
    actions: Sequence[tuple[Link, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A part of the member's page. `wide` sheets take the whole width."""

    slug: str
    title: Any
    order: int
    permission: str
    read: Callable[[Subject], Body]
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A sheet as an operator sees it."""

    slug: str
    title: str
    wide: bool
    body: Body
    actions: Sequence[Link] = field(default=())


_sheets: dict[str, Sheet] = {}


def register(sheet: Sheet) -> None:
    """Put a sheet on the member's page. The same slug again replaces it."""
    _sheets[sheet.slug] = sheet


def show(subject: Subject, *, may: Callable[[str], bool]) -> list[Shown]:
    """Return the sheets that an operator may see, read for a member."""
    shown = []
    for sheet in sorted(_sheets.values(), key=lambda found: (found.order, found.slug)):
        if may(sheet.permission):
            body = sheet.read(subject)
            actions = [link for link, permission in body.actions if may(permission)]
            shown.append(
                Shown(
                    slug=sheet.slug,
                    title=str(sheet.title),
                    wide=sheet.wide,
                    body=body,
                    actions=actions,
                )
            )
    return shown
