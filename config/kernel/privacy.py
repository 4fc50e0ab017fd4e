"""The register of personal data: what every column holds, why, how long, and how it goes.

Each app classifies its columns in its `privacy` module. A test fails on a column of a
listed app that nobody classified, so that no new one slips in; the register of what is
collected is printed from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from django.apps import apps


class Grade(IntEnum):
    """How near a column is to a person. It sets encryption, masking and export."""

    NONE = 0  # says nothing of a person
    LINKED = 1  # tells of a person known only by a number of ours
    PERSONAL = 2  # describes a person: birthday, nickname
    DIRECT = 3  # points to a person: encrypted, masked, found by blind index
    SECRET = 4  # lets someone act as a person: hashed, never shown or exported


class Erase(StrEnum):
    """What an erasure does to a column."""

    KEEP = "keep"
    CLEAR = "clear"
    DELETE_ROW = "delete_row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One column in the register."""

    model: str
    field: str
    grade: Grade
    purpose: str
    retention: str
    exported: bool
    erase: Erase


class ClassifiedTwiceError(RuntimeError):
    """Two classifications of one column contradict each other, or one is superfluous."""


_entries: dict[tuple[str, str], Entry] = {}


def classify(
    model: str,
    *fields: str,
    grade: Grade,
    purpose: str,
    retention: str,
    erase: Erase,
    exported: bool | None = None,
) -> None:
    """Say of columns of a model (`members.Member`) what they hold.

    `purpose` and `retention` are English sentences for the register. Without `exported`,
    the member's export holds what is about them and no secret.
    """
    for field in fields:
        key = (model.lower(), field)
        if key in _entries:
            raise ClassifiedTwiceError(f"{model}.{field}")
        about = Grade.LINKED <= grade <= Grade.DIRECT
        _entries[key] = Entry(
            model=model,
            field=field,
            grade=grade,
            purpose=purpose,
            retention=retention,
            exported=about if exported is None else exported,
            erase=erase,
        )


def impersonal(model: str, *fields: str) -> None:
    """Say that columns tell nothing of a person."""
    classify(
        model,
        *fields,
        grade=Grade.NONE,
        purpose="to work",
        retention="as long as the row",
        erase=Erase.KEEP,
    )


def entries() -> list[Entry]:
    """Return the register, by model and column."""
    return [_entries[key] for key in sorted(_entries)]


def unclassified(*, app_labels: Iterable[str]) -> list[str]:
    """Return the columns of these apps that nobody classified."""
    return sorted(
        f"{model._meta.label}.{field.name}"
        for label in app_labels
        for model in apps.get_app_config(label).get_models(include_auto_created=False)
        for field in model._meta.concrete_fields
        if (model._meta.label_lower, field.name) not in _entries
    )


def obsolete() -> list[str]:
    """Return classified columns that no longer exist."""
    present = {
        (model._meta.label_lower, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
    }
    return sorted(f"{e.model}.{e.field}" for key, e in _entries.items() if key not in present)
