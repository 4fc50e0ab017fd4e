"""Put a row into a free slot of its member's, and let one of them be the default.

The unique keys decide: of two who want the last slot, or the default, one is refused by the
database and looks again at what is left. Whoever moves the default holds all rows of the member
first, always from the oldest on: two who each hold what the other waits for would never end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from config.kernel.errors import ConflictError
from members.belongings.errors import FullError
from members.belongings.models import Address, Card, InvoiceTitle

Row = TypeVar("Row", Address, Card, InvoiceTitle)
T = TypeVar("T")
# What decides between two who are equally quick, and is no reason to refuse either.
_RACES = ("_has_a_slot", "_one_default_address", "_one_default_title")
_TRIES = 25


class BusyError(ConflictError):
    """Others were quicker every time."""

    code = "belongings.busy"
    title = "Too much happens at once; please try again"


def hold(model: Any, *, member_id: int) -> None:
    """Lock the rows a member has, in the one order that everybody keeps."""
    rows = model.objects.filter(member_id=member_id).order_by("id").select_for_update()
    list(rows.values_list("id", flat=True))


def place(row: Row, *, most: int, full: type[FullError]) -> Row:
    """Insert a row into the lowest free slot. The first one of its kind becomes the default.

    Raises:
        FullError: of the class `full`, when no slot is free.
    """
    model = type(row)

    def insert() -> Row:
        hold(model, member_id=row.member_id)
        taken = set(model.objects.filter(member_id=row.member_id).values_list("slot", flat=True))
        free = next((slot for slot in range(1, most + 1) if slot not in taken), None)
        if free is None:
            raise full()  # type: ignore[call-arg]
        row.slot = free
        if hasattr(row, "is_default"):
            _be_default(row, is_first=not taken)
        return model.objects.bulk_create([row])[0]

    return settled(insert)


def make_default(model: type[Address] | type[InvoiceTitle], *, member_id: int, row_id: int) -> bool:
    """Make one row the default in place of another; tell whether there is such a row."""

    def move() -> bool:
        hold(model, member_id=member_id)
        _clear_default(model, member_id, but=row_id)
        return bool(model.objects.filter(member_id=member_id, id=row_id).update(is_default=True))

    return settled(move)


def _be_default(row: Any, *, is_first: bool) -> None:
    row.is_default = row.is_default or is_first
    if row.is_default and not is_first:
        _clear_default(type(row), row.member_id)


def _clear_default(model: Any, member_id: int, *, but: int = 0) -> None:
    model.objects.filter(member_id=member_id, is_default=True).exclude(id=but).update(
        is_default=False
    )


def settled(write: Callable[[], T]) -> T:
    """Do a write in a savepoint, again while another's was quicker."""
    for _try in range(_TRIES):
        try:
            with transaction.atomic():
                return write()
        except IntegrityError as refused:
            if not any(name in str(refused) for name in _RACES):
                raise
    raise BusyError
