"""Whose rows they are: how each table of the register leads to a person, and how it goes.

By default a table is found by its `member_id`, else by its user, and its rows are exported
and erased column by column as the register says. What that cannot tell an app says here:
another way to the person (`leads`), rows that nobody can find and that end by themselves
(`apart`), and work that takes more than a column (`step`). A test fails on a table that
holds personal data and has neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from config.kernel import privacy
from config.kernel.fields import EncryptedJSONField
from config.kernel.privacy import Entry, Erase

CHUNK = 500
_EMPTY: dict[Any, Callable[[], Any]] = {models.JSONField: dict, ArrayField: list}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """All ids of one person: the member, whoever was merged into it, and how they sign in.

    `user_ids` leaves out accounts that somebody else still needs: staff, and the same
    person as a member of another programme.
    """

    member_ids: tuple[int, ...]
    user_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """The way from a person to their rows of a table, by Django's look-ups.

    `step` names what erases the table instead of the register's columns.
    """

    member: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    by: Callable[[Person], Q] | None = None
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A part of an erasure that is more than columns. Safe to run again; returns how many."""

    slug: str
    order: int
    erase: Callable[[Person, datetime], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """What somebody has to lose: in words, and whether it must be settled first."""

    slug: str
    words: str
    blocks: bool = False


class NoBlankError(RuntimeError):
    """A column is to be cleared and can hold nothing that is empty."""


_leads: dict[str, Lead] = {}
_apart: dict[str, str] = {}
_steps: dict[str, Step] = {}
_files: dict[str, Callable[[Person], Iterator[tuple[str, bytes]]]] = {}
_titles: dict[str, str] = {}
_stakes: dict[str, Callable[[Person, datetime], list[Stake]]] = {}


def leads(
    model: str,
    *,
    member: tuple[str, ...] = (),
    user: tuple[str, ...] = (),
    by: Callable[[Person], Q] | None = None,
    step: str = "",
) -> None:
    """Say how rows of a model (`members.Member`) are found, where no column says it."""
    _leads[model.lower()] = Lead(member=member, user=user, by=by, step=step)


def apart(model: str, *, why: str) -> None:
    """Say that rows of a model cannot be found from a person, and how they end instead."""
    _apart[model.lower()] = why


def step(slug: str, *, order: int, erase: Callable[[Person, datetime], int]) -> None:
    """Add work to every erasure; steps of a low order come before columns, others after."""
    _steps[slug] = Step(slug=slug, order=order, erase=erase)


def stakes(slug: str, read: Callable[[Person, datetime], list[Stake]]) -> None:
    """Add what an app knows of what an erasure would lose, and of what must come first."""
    _stakes[slug] = read


def files(slug: str, read: Callable[[Person], Iterator[tuple[str, bytes]]]) -> None:
    """Add files that an app keeps of a person, name and content, to their copy."""
    _files[slug] = read


def read_files(person: Person) -> Iterator[tuple[str, bytes]]:
    """Yield the files that are kept of a person."""
    for read in _files.values():
        yield from read(person)


def call(model: str, title: str) -> None:
    """Say what a member reads that a table holds; an English sentence for gettext."""
    _titles[model.lower()] = title


def title_of(model: type[models.Model]) -> str:
    """Return what a table holds, in the active language."""
    said = _titles.get(model._meta.label_lower)
    return gettext(said) if said else str(model._meta.verbose_name_plural)


def list_steps() -> list[Step]:
    """Return the steps of an erasure in order."""
    return sorted(_steps.values(), key=lambda found: (found.order, found.slug))


def list_stakes(person: Person, *, now: datetime) -> list[Stake]:
    """Return what a person has to lose, what blocks first."""
    found = [stake for read in _stakes.values() for stake in read(person, now)]
    return sorted(found, key=lambda stake: not stake.blocks)


def entries_of(model: type[models.Model]) -> dict[str, Entry]:
    """Return the register of one table by column."""
    label = model._meta.label_lower
    return {e.field: e for e in privacy.entries() if e.model.lower() == label}


def holdings() -> list[type[models.Model]]:
    """Return the tables of which anything is exported or erased, by name."""
    labels = {e.model for e in privacy.entries() if e.exported or e.erase is not Erase.KEEP}
    return [apps.get_model(label) for label in sorted(labels) if label.lower() not in _apart]


def lead_of(model: type[models.Model]) -> Lead | None:
    """Return how rows of a table are found from a person: as said, else by its columns."""
    said = _leads.get(model._meta.label_lower)
    if said is not None and (said.member or said.user or said.by):
        return said
    columns = {f.attname: f for f in model._meta.concrete_fields}
    member = ("member_id",) if "member_id" in columns else ()
    user = ("user_id",) if "user_id" in columns and _is_user(columns["user_id"]) else ()
    if not member and not user:
        return None
    return Lead(member=member, user=user, step=said.step if said else "")


def _is_user(field: models.Field[Any, Any]) -> bool:
    related = field.related_model
    return related is None or (
        isinstance(related, type) and related._meta.label == settings.AUTH_USER_MODEL
    )


def lost() -> list[str]:
    """Return tables that hold personal data and that lead to nobody."""
    return [model._meta.label for model in holdings() if lead_of(model) is None]


def rows_of(model: type[models.Model], person: Person) -> QuerySet[Any]:
    """Return a person's rows of a table.

    Raises:
        LookupError: nothing leads from a person to them.
    """
    lead = lead_of(model)
    if lead is None:
        raise LookupError(model._meta.label)
    asked = [Q(**{f"{name}__in": person.member_ids}) for name in lead.member]
    if person.user_ids:
        asked += [Q(**{f"{name}__in": person.user_ids}) for name in lead.user]
    if lead.by is not None:
        asked.append(lead.by(person))
    manager: models.Manager[Any] = model._base_manager
    return manager.filter(reduce(or_, asked)) if asked else manager.none()


def exported_columns(model: type[models.Model]) -> list[str]:
    """Return the columns of a table that belong into the person's copy, in their order."""
    entries = entries_of(model)
    return [
        f.attname
        for f in model._meta.concrete_fields
        if f.name in entries and entries[f.name].exported
    ]


def read(model: type[models.Model], person: Person) -> Iterator[dict[str, Any]]:
    """Yield the exported columns of a person's rows, in the order they were written."""
    columns = exported_columns(model)
    if columns:
        yield from rows_of(model, person).order_by("pk").values(*columns).iterator(CHUNK)


def wipe(model: type[models.Model], person: Person) -> int:
    """Delete or blank a person's rows as the register says, in chunks that commit.

    Running it again does no harm; what was interrupted is simply done again.
    """
    lead = lead_of(model)
    if lead is None or lead.step:
        return 0
    ends = {name: entry.erase for name, entry in entries_of(model).items()}
    if Erase.DELETE_ROW in ends.values():
        return _delete(model, person)
    blanks = {
        name: blank_of(model._meta.get_field(name))
        for name, end in ends.items()
        if end is Erase.CLEAR
    }
    return _clear(model, person, blanks) if blanks else 0


def _delete(model: type[models.Model], person: Person) -> int:
    gone = 0
    while keys := list(rows_of(model, person).values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            rows_of(model, person).filter(pk__in=keys).delete()
        gone += len(keys)
    return gone


def _clear(model: type[models.Model], person: Person, blanks: Mapping[str, Any]) -> int:
    cleared = 0
    after: Any = None
    while True:
        rows = rows_of(model, person).order_by("pk")
        if after is not None:
            rows = rows.filter(pk__gt=after)
        keys = list(rows.values_list("pk", flat=True)[:CHUNK])
        if not keys:
            return cleared
        with transaction.atomic():
            rows_of(model, person).filter(pk__in=keys).update(**blanks)
        cleared, after = cleared + len(keys), keys[-1]


def blank_of(field: Any) -> Any:
    """Return what a cleared column holds.

    Raises:
        NoBlankError: there is nothing empty that it takes.
    """
    if field.null:
        return None
    if isinstance(field, EncryptedJSONField):
        return {}
    if isinstance(field, models.JSONField | ArrayField):
        return field.get_default() if field.has_default() else _EMPTY[type(field)]()
    if isinstance(field, models.CharField | models.TextField | models.BinaryField):
        return ""
    raise NoBlankError(f"{field.model._meta.label}.{field.name}")
