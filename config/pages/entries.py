"""Ledger entries with the numbers of the orders they speak of: one read for the whole page."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language

from config.kernel import ids
from config.kernel.errors import NotFoundError
from config.pages import explanations, wording
from members.commerce import selectors as commerce_selectors
from points.mall import selectors as mall_selectors
from points.types import Posted

_MALL = "mall:"


def as_lines(
    entries: Sequence[Posted], *, member_ids: Sequence[int], programme_id: int
) -> list[wording.EntryLine]:
    """Return entries as members read them."""
    numbers = order_numbers(entries, member_ids=member_ids)
    gifts = mall_items(entries, member_ids=member_ids)
    deeds = behaviors(entries, programme_id=programme_id)
    return [
        wording.entry_line(entry, order_numbers=numbers, gifts=gifts, behaviors=deeds)
        for entry in entries
    ]


def behaviors(entries: Sequence[Posted], *, programme_id: int) -> dict[str, str]:
    """Return what behaviors are called that entries reward, by the entries' source."""
    rewards = [entry for entry in entries if entry.source.startswith(f"{entry.rule}:")]
    if not rewards:
        return {}
    names = explanations.rule_names(programme_id=programme_id)
    return {entry.source: names.get(entry.rule, entry.rule) for entry in rewards}


def mall_items(entries: Sequence[Posted], *, member_ids: Sequence[int]) -> dict[str, str]:
    """Return what the member ordered in the mall, by the source of the entries it moved."""
    places: dict[str, ids.RowId] = {}
    for source in {entry.source for entry in entries if entry.source.startswith(_MALL)}:
        try:
            places[source] = ids.decode("mor", source.removeprefix(_MALL))
        except NotFoundError:
            continue
    keys = [(p.member_id, p.row_id) for p in places.values() if p.member_id in member_ids]
    names = mall_selectors.list_order_names(keys=keys) if keys else {}
    chinese = (get_language() or "").startswith("zh")
    return {
        source: names[place.row_id][1 if chinese else 2]
        for source, place in places.items()
        if place.row_id in names
    }


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
