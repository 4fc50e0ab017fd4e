"""What is held about a member and why, by subject, from the register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext, gettext_noop

from config.kernel import personal
from config.kernel.personal import Person
from config.kernel.privacy import Entry, Grade

_GRADES = {
    Grade.LINKED: gettext_noop("linked"),
    Grade.PERSONAL: gettext_noop("personal"),
    Grade.DIRECT: gettext_noop("direct, encrypted"),
    Grade.SECRET: gettext_noop("secret"),
}
_SUBJECTS = {
    "members": gettext_noop("Who you are, and how you sign in"),
    "commerce": gettext_noop("What you bought"),
    "points": gettext_noop("Your points"),
    "mall": gettext_noop("What you ordered for points"),
    "loyalty": gettext_noop("Your tier"),
    "earning": gettext_noop("How points were worked out"),
    "messaging": gettext_noop("What we wrote to you"),
    "kernel": gettext_noop("How the system is run"),
}
_LIBRARIES = ("account", "mfa", "usersessions", "allauth_idp_oidc", "sessions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is held for one purpose: how near it is, how long, and how many rows."""

    purpose: str
    retention: str
    grade: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A part of what is held, with a line for each purpose."""

    title: str
    held: tuple[Held, ...]


def grade_word(grade: Grade) -> str:
    """Return what a data grade is called."""
    return gettext(_GRADES[grade]) if grade in _GRADES else ""


def list_held(person: Person) -> list[Subject]:
    """Return what is held about a person, by subject; what there is nothing of is left out."""
    found: dict[str, dict[tuple[str, str], list[tuple[Grade, int]]]] = {}
    for model in personal.holdings():
        rows = personal.rows_of(model, person).count()
        if rows:
            lines = found.setdefault(_subject_of(model), {})
            for entry in _told(model):
                lines.setdefault((entry.purpose, entry.retention), []).append((entry.grade, rows))
    return [
        Subject(title=gettext(title), held=tuple(_lines(found[title])))
        for title in dict.fromkeys([*_SUBJECTS.values(), *found])
        if title in found
    ]


def _subject_of(model: type[models.Model]) -> str:
    label = model._meta.app_label
    known = _SUBJECTS.get("members" if label in _LIBRARIES else label)
    return known or str(model._meta.app_config.verbose_name)


def _told(model: type[models.Model]) -> list[Entry]:
    return [entry for entry in personal.entries_of(model).values() if entry.grade > Grade.NONE]


def _lines(lines: dict[tuple[str, str], list[tuple[Grade, int]]]) -> Iterator[Held]:
    """Several columns of a table are one line: its rows count once, its highest grade is told."""
    for (purpose, retention), parts in lines.items():
        yield Held(
            purpose=gettext(purpose),
            retention=gettext(retention),
            grade=grade_word(max(grade for grade, _rows in parts)),
            rows=max(rows for _grade, rows in parts),
        )
