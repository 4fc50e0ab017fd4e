"""Whose members an operator may see at all, and that each look at one leaves a trace.

Who keeps the members says both (`bounds`, `remembers`); screens of lower and higher apps ask
here. What is out of an operator's reach is not there: it is not listed, not found, and its
address answers 404.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

Members = QuerySet[Any]
_bounds: list[Callable[[Any], Members | None]] = []
_notes: list[Callable[..., None]] = []


def bounds(
    find: Callable[[Any], Members | None],
) -> Callable[[Any], Members | None]:
    """Register who a user may see: ids of members as a query, None for everybody."""
    _bounds[:] = [find]
    return find


def remembers(note: Callable[..., None]) -> Callable[..., None]:
    """Register what writes down a look at members."""
    _notes[:] = [note]
    return note


def members_of(user: Any) -> Members | None:
    """Return the ids of the members that a user may see; None when that is everybody."""
    return _bounds[0](user) if _bounds else None


def sees_all(request: HttpRequest) -> bool:
    """Tell whether an operator may see every member, and so figures of all of them."""
    return members_of(request.user) is None


def narrow(rows: QuerySet[Any], request: HttpRequest, *, field: str = "member_id") -> QuerySet[Any]:
    """Leave only what is about members that the operator may see."""
    found = members_of(request.user)
    return rows if found is None else rows.filter(**{f"{field}__in": found})


def within(request: HttpRequest, member_ids: Sequence[int]) -> list[int]:
    """Return those of some members that the operator may see."""
    found = members_of(request.user)
    if found is None:
        return list(member_ids)
    inside = set(found.filter(pk__in=list(member_ids)))
    return [member for member in member_ids if member in inside]


def require(request: HttpRequest, member_id: int) -> None:
    """Refuse a member who is out of reach, as if there were none.

    Raises:
        Http404: the operator may not know that there is such a member.
    """
    if not within(request, [member_id]):
        raise Http404


def look(
    request: HttpRequest,
    member_ids: Sequence[int],
    *,
    page: str,
    fields: Sequence[str] = (),
    reason: str = "",
) -> None:
    """Write down that an operator looks at members; `fields` are what is shown in clear."""
    for note in _notes:
        note(
            user_id=request.user.pk,
            member_ids=member_ids,
            page=page,
            fields=fields,
            reason=reason,
        )
