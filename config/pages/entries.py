"""Ledger entries with the numbers of the orders they speak of: one read for the whole page."""

from __future__ import annotations

from collections.abc import Sequence

from config.kernel import ids
from config.kernel.errors import NotFoundError
from config.pages import wording
from members.commerce import selectors as commerce_selectors
from points.types import Posted


def as_lines(entries: Sequence[Posted], *, member_ids: Sequence[int]) -> list[wording.EntryLine]:
    """Return entries as members read them."""
    numbers = order_numbers(entries, member_ids=member_ids)
    return [wording.entry_line(entry, order_numbers=numbers) for entry in entries]


def order_numbers(entries: Sequence[Posted], *, member_ids: Sequence[int]) -> dict[str, str]:
    """Return the shop's numbers of the member's orders that entries speak of, by public id."""
    places: dict[str, ids.RowId] = {}
    for public_id in {wording.order_of(entry.source) for entry in entries} - {None}:
        try:
            places[str(public_id)] = ids.decode("ord", str(public_id))
        except NotFoundError:
            continue
    mine = {name: place for name, place in places.items() if place.member_id in member_ids}
    numbers = commerce_selectors.list_order_numbers(
        keys=[(place.member_id, place.row_id) for place in mine.values()]
    )
    return {name: numbers[p.row_id] for name, p in mine.items() if p.row_id in numbers}
