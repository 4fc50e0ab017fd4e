"""Which pages there are: found by following links, one or a few for each shape of address."""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_LINK = re.compile(r'href="(/[^"#]*)')
_FOUND = re.compile(r'id="changelist-search"')
# Sign out, files, other people's tools: not pages to look at.
_SKIPPED = re.compile(
    r"^/(static|media)/|\.(csv|svg|png|webp|wav|txt|json|yaml|ico)$|/ops/(logout|jsi18n|r)/"
    r"|/rejects/|/ops/points/entry/(export|file)|^/language|^/theme"
)
# How many addresses of a shape are asked for, and how many of them are looked at.
_ASKED = 12
_LOOKED_AT = 3
# What finds nothing: how a list looks when it is empty.
_NOTHING = "?q=zzzznothing"


@dataclass(frozen=True, slots=True)
class Stop:
    """A page to open, and as whom."""

    who: str
    path: str

    @property
    def name(self) -> str:
        """Return what its pictures are called."""
        return f"{self.who}-{re.sub(r'[^A-Za-z0-9]+', '_', self.path).strip('_') or 'home'}"


def shape(path: str) -> str:
    """Return an address with `*` for what names one thing among many."""
    parts = path.partition("?")[0].split("/")
    known = ("v1",)
    return "/".join(
        "*" if any(sign.isdigit() for sign in part) and part not in known else part
        for part in parts
    )


def crawl(
    *,
    who: str,
    starts: Iterable[str],
    within: str,
    get: Callable[[str], tuple[int, str]],
) -> list[Stop]:
    """Follow links from `starts` to whatever begins with `within`; return the pages found.

    `get` answers with the status and the HTML of an address, empty when it is none.
    """
    waiting = deque(starts)
    seen = set(waiting)
    asked: Counter[str] = Counter()
    kept: dict[str, set[frozenset[str]]] = {}
    stops: list[Stop] = []
    while waiting:
        path = waiting.popleft()
        kind = shape(path)
        if asked[kind] >= (_ASKED if "*" in kind else 1):
            continue
        asked[kind] += 1
        status, page = get(path)
        if status >= 400 or not page:
            continue
        links = {html.unescape(link).partition("?")[0] for link in _LINK.findall(page)}
        links = {link for link in links if re.match(within, link) and not _SKIPPED.search(link)}
        # Two records that offer the same buttons look the same; an order to ship and one
        # that is shipped do not.
        offers = frozenset(shape(link) for link in links if shape(link).startswith(kind[:-8]))
        looks = kept.setdefault(kind, set())
        if offers not in looks and len(looks) < _LOOKED_AT:
            looks.add(offers)
            stops.append(Stop(who, path))
            if _FOUND.search(page):
                stops.append(Stop(who, path + _NOTHING))
        for link in sorted(links - seen):
            seen.add(link)
            waiting.append(link)
    return stops
