"""How the console names what other apps own: members and programmes.

A screen of a lower app shows whom a row is about without knowing who keeps the names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

_namers: list[Callable[[Sequence[int]], dict[int, tuple[str, str]]]] = []


def names_members(
    namer: Callable[[Sequence[int]], dict[int, tuple[str, str]]],
) -> Callable[[Sequence[int]], dict[int, tuple[str, str]]]:
    """Register how the console names members: number and address of the screen, by id."""
    _namers.append(namer)
    return namer


def name_members(member_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return the number and the address of members."""
    return {key: name for namer in _namers for key, name in namer(member_ids).items()}


_finders: list[Callable[[str], list[int]]] = []


def finds_members(finder: Callable[[str], list[int]]) -> Callable[[str], list[int]]:
    """Register how the console finds members by what an operator types."""
    _finders.append(finder)
    return finder


def find_members(text: str) -> list[int]:
    """Return the members that a number, id, phone or address names."""
    return [member for finder in _finders for member in finder(text.strip())]


@dataclass(frozen=True, slots=True)
class _Namer:
    one: Callable[[int], str]
    every: Callable[[], dict[int, str]]


_namers_of: dict[str, _Namer] = {}


def names_things(
    kind: str, *, one: Callable[[int], str], every: Callable[[], dict[int, str]]
) -> None:
    """Register what a few things of a kind (programmes, storefronts) are called, by id.

    `one` is asked for each row of a list and answers from memory; `every` serves filters.
    """
    _namers_of[kind] = _Namer(one, every)


def programme_name(programme_id: int) -> str:
    """Return what a programme is called, in the operator's language."""
    return _name_of("programme", programme_id)


def programme_words() -> dict[str, str]:
    """Return the programmes as a filter offers them."""
    return _words_of("programme")


def storefront_name(storefront_id: int) -> str:
    """Return what a storefront is called."""
    return _name_of("storefront", storefront_id)


def storefront_words() -> dict[str, str]:
    """Return the storefronts as a filter offers them."""
    return _words_of("storefront")


def _name_of(kind: str, key: int) -> str:
    namer = _namers_of.get(kind)
    return namer.one(key) if namer else str(key)


def _words_of(kind: str) -> dict[str, str]:
    namer = _namers_of.get(kind)
    return {str(key): name for key, name in namer.every().items()} if namer else {}


_codes: dict[str, Callable[[], dict[str, str]]] = {}


def names_codes(what: str, words: Callable[[], dict[str, str]]) -> None:
    """Register what codes are called that an upper app owns, such as kinds of member."""
    _codes[what] = words


def code_words(what: str) -> dict[str, str]:
    """Return what codes are called, in the operator's language."""
    return _codes[what]() if what in _codes else {}


_actor_namers: dict[str, Callable[[Sequence[str]], dict[str, str]]] = {}


def names_actors(prefix: str, namer: Callable[[Sequence[str]], dict[str, str]]) -> None:
    """Register who stands behind `prefix:key` in the audit trail: names by key."""
    _actor_namers[prefix] = namer


def name_actors(actors: Sequence[str]) -> dict[str, str]:
    """Return names of who acted, as the audit trail wrote them; unknown ones stay as they are."""
    keys: dict[str, list[str]] = {}
    for actor in set(actors):
        prefix, _colon, key = actor.partition(":")
        keys.setdefault(prefix, []).append(key)
    found: dict[str, str] = {}
    for prefix, wanted in keys.items():
        namer = _actor_namers.get(prefix)
        names = namer(wanted) if namer else {}
        found.update({f"{prefix}:{key}": name for key, name in names.items()})
    return found


_source_namers: dict[str, Callable[[Sequence[str]], dict[str, tuple[str, str]]]] = {}


def names_sources(kind: str, namer: Callable[[Sequence[str]], dict[str, tuple[str, str]]]) -> None:
    """Register what stands behind the source `kind:key`: words and address, by key."""
    _source_namers[kind] = namer


def name_sources(sources: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return words and address of what points and tiers came from; unknown ones are left out."""
    keys: dict[str, list[str]] = {}
    for source in dict.fromkeys(sources):
        kind, _colon, key = source.partition(":")
        keys.setdefault(kind, []).append(key)
    return {
        f"{kind}:{key}": told
        for kind, wanted in keys.items()
        if kind in _source_namers
        for key, told in _source_namers[kind](wanted).items()
    }
