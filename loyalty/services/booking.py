"""Open and close the books: lock, load, and write back what a settlement changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from loyalty.books import Books


def open_books(
    *, member_ids: Iterable[int], programme_id: int, sources: Iterable[str] = ()
) -> Books:
    """Lock the members' standings in order of member id and load them.

    `sources` are those that may be taken back; one that is not named here costs a query
    of its own when it is.

    Raises:
        LadderNotFoundError: the programme has no published ladder.
    """
    raise NotImplementedError


def close_books(*, books: Books, now: datetime, announce: bool = True) -> None:
    """Write what changed: standings, sources, history, labels, and the events."""
    raise NotImplementedError
