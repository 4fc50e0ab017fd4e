"""Panels and rooms of a page, drawn for its visitor."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from config.kernel import panels, rooms
from config.kernel.panels import Panel, Subject
from config.pages.visitors import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A panel with its markup. `bare`: it brings its own surface."""

    slug: str
    column: int
    bare: bool
    html: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A room as its row shows it."""

    url: str
    title: str
    words: str
    icon: str
    value: str


def subject_of(visitor: Visitor) -> Subject:
    """Return whom panels and rooms are about."""
    return Subject(
        member_id=visitor.member.id,
        member_ids=visitor.member_ids,
        number=visitor.member.member_no,
        name=visitor.member.nickname,
        programme_id=visitor.programme.id,
        currency=visitor.programme.currency,
        now=visitor.now,
    )


def panels_of(page: str, visitor: Visitor) -> list[Drawn]:
    """Return the panels of a page that have something to say."""
    subject = subject_of(visitor)
    drawn = (draw(panel, subject) for panel in panels.list_panels(page=page))
    return [panel for panel in drawn if panel is not None]


def draw(panel: Panel, subject: Subject) -> Drawn | None:
    """Return one panel; None when it stays away."""
    values = panel.values(subject)
    if values is None:
        return None
    # A panel sees its own values alone, so that it looks the same wherever it is shown.
    html = mark_safe(render_to_string(panel.template, dict(values)))  # noqa: S308
    return Drawn(
        slug=panel.slug, column=panel.column, bare=bool(values.get("bare", False)), html=html
    )


def rooms_of(page: str, visitor: Visitor) -> list[Row]:
    """Return the rooms behind a tab."""
    subject = subject_of(visitor)
    return [
        Row(
            url=reverse(room.url_name),
            title=str(room.title),
            words=str(room.words),
            icon=room.icon,
            value=room.value(subject) if room.value else "",
        )
        for room in rooms.list_rooms(page=page)
    ]
