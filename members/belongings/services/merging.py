"""What members keep with the shop, in a merge: one book, one list of cards, one of titles.

What the survivor lacks moves into its free slots; what it has already is set aside, and what
does not fit stays where it is: the member's pages read all their ids. The survivor's default
stays the default. Everything moves under its own number, so that an undo finds it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models as django_models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel.merging import Kept, Line, Pair, Part
from members.belongings.models import Address, Card, InvoiceTitle
from members.belongings.services import placing
from members.belongings.types import MOST_ADDRESSES, MOST_CARDS, MOST_TITLES

# What makes two of a table the same thing, and how many there may be.
_TABLES: dict[str, tuple[Any, tuple[str, ...], int]] = {
    "addresses": (
        Address,
        ("recipient", "phone", "country", "region", "area", "detail", "postcode"),
        MOST_ADDRESSES,
    ),
    "cards": (Card, ("number",), MOST_CARDS),
    "titles": (
        InvoiceTitle,
        ("kind", "name", "tax_number", "bank", "bank_account", "address", "phone"),
        MOST_TITLES,
    ),
}


def part() -> Part:
    """Return the part that belongings register."""
    return Part(
        slug="belongings",
        order=16,
        title=gettext_lazy("What they keep"),
        words=lambda: {
            "addresses": _("Addresses"),
            "cards": _("Bank cards"),
            "titles": _("Invoice titles"),
        },
        preview=_lines,
        do=_do,
        undo=_undo,
    )


def _lines(pair: Pair) -> Sequence[Line]:
    shown = []
    for name, (model, same, _most) in _TABLES.items():
        mine, theirs = _read(model, pair.survivor_id), _read(model, pair.duplicate_id)
        if not mine and not theirs:
            continue
        known = {_likeness(row, same) for row in mine}
        fresh = [row for row in theirs if _likeness(row, same) not in known]
        counts = [len(mine), len(theirs), len(mine) + len(fresh)]
        first, second, result = map(str, counts)
        shown.append(Line(what=name, survivor=first, duplicate=second, result=result))
    return shown


def _do(pair: Pair) -> Kept:
    return {name: _move(pair, *table) for name, table in _TABLES.items()}


def _undo(pair: Pair, kept: Kept) -> None:
    for name, (model, same, _most) in _TABLES.items():
        _move_back(pair, model, same, kept[name])


def _move(pair: Pair, model: Any, same: tuple[str, ...], most: int) -> Kept:
    """Move the duplicate's rows; tried again when the member is quicker to take a slot."""

    def move() -> Kept:
        for member_id in sorted((pair.survivor_id, pair.duplicate_id)):
            placing.hold(model, member_id=member_id)
        mine, theirs = _read(model, pair.survivor_id), _read(model, pair.duplicate_id)
        known = {_likeness(row, same): row.pk for row in mine}
        free = sorted(set(range(1, most + 1)) - {row.slot for row in mine})
        has_default = any(getattr(row, "is_default", False) for row in mine)
        kept: Kept = {"moved": [], "aside": [], "default": None}
        for row in theirs:
            twin = known.get(_likeness(row, same))
            if twin is not None:
                kept["aside"].append([_as_kept(row), twin])
                _at(model, row).delete()
            elif free:
                kept["moved"].append([row.pk, row.slot, bool(getattr(row, "is_default", False))])
                _hand_over(model, row, pair.survivor_id, free.pop(0), default=not has_default)
            elif has_default and getattr(row, "is_default", False):
                kept["default"] = row.pk
                _at(model, row).update(is_default=False)
        return kept

    return placing.settled(move)


def _move_back(pair: Pair, model: Any, same: tuple[str, ...], kept: Kept) -> None:
    """Give the duplicate what came from it, as it is now; what was removed since is gone."""
    for member_id in sorted((pair.survivor_id, pair.duplicate_id)):
        placing.hold(model, member_id=member_id)
    mine = {row.pk: row for row in _read(model, pair.survivor_id)}
    for told, twin in kept["aside"]:
        if "number" in same and twin not in mine:
            # A card is kept nowhere but in its row: unbound there, it is unbound.
            continue
        more = {"number": mine[twin].number} if "number" in same else {}
        model.objects.bulk_create([_as_row(model, pair.duplicate_id, told, more)])
    for row_id, slot, was_default in kept["moved"]:
        if (row := mine.pop(row_id, None)) is not None:
            if hasattr(row, "is_default"):
                row.is_default = was_default
            _hand_over(model, row, pair.duplicate_id, slot, default=True)
    if kept["default"]:
        model.objects.filter(member_id=pair.duplicate_id, id=kept["default"]).update(
            is_default=True
        )
    _ensure_default(model, pair.survivor_id)
    _ensure_default(model, pair.duplicate_id)


def _read(model: Any, member_id: int) -> list[Any]:
    return list(model.objects.filter(member_id=member_id).order_by("id"))


def _likeness(row: Any, same: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) or "" for name in same)


def _hand_over(model: Any, row: Any, member_id: int, slot: int, *, default: bool) -> None:
    """Write a row for another member and delete it where it was."""
    _at(model, row).delete()
    row.member_id, row.slot = member_id, slot
    if hasattr(row, "is_default"):
        row.is_default = row.is_default and default
    model.objects.bulk_create([row])


def _at(model: Any, row: Any) -> Any:
    return model.objects.filter(member_id=row.member_id, id=row.pk)


def _ensure_default(model: Any, member_id: int) -> None:
    """Let the latest be the default where the default went away."""
    rows = model.objects.filter(member_id=member_id)
    if model is Card or rows.filter(is_default=True).exists():
        return
    heir = rows.order_by("-changed_at", "-id").values_list("id", flat=True).first()
    rows.filter(id=heir).update(is_default=True)


def _as_kept(row: Any) -> Kept:
    """Return a row as plain values; never the number of a card."""
    kept: Kept = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.attname not in ("member_id", "number"):
            kept[field.attname] = value.isoformat() if isinstance(value, datetime) else value
    return kept


def _as_row(model: Any, member_id: int, told: Kept, more: Kept) -> Any:
    values = dict(told)
    for field in model._meta.concrete_fields:
        if isinstance(field, django_models.DateTimeField):
            values[field.attname] = datetime.fromisoformat(values[field.attname])
    return model(member_id=member_id, **values, **more)
