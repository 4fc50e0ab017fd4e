"""What an app may see of the member who let it: their own points and tier, by member token.

Storefronts' tokens are refused here, as members' tokens are everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from config.kernel import clock
from config.kernel.api import problems, serving
from config.kernel.api.errors import (
    MethodNotAllowedError,
    ScopeMissingError,
    UnauthenticatedError,
)
from config.pages.api.contracts import BalanceNow, TierNow
from config.pages.api.views import tier_now
from loyalty import selectors as loyalty_selectors
from members import selectors as members_selectors
from members.types import Bearer
from points import selectors as points_selectors

Read = Callable[[Bearer, datetime], msgspec.Struct]
_encoder = msgspec.json.Encoder()


class MeOut(msgspec.Struct, kw_only=True):
    """Who the member is to the app."""

    id: str
    member_no: str
    nickname: str
    joined_at: datetime


class EntryOut(msgspec.Struct, kw_only=True):
    """A movement of the member's points."""

    kind: str
    points: int
    occurred_at: datetime


class EntriesOut(msgspec.Struct, kw_only=True):
    """The latest movements, newest first."""

    items: list[EntryOut]


def member_endpoint(scope: str) -> Callable[[Read], Callable[[HttpRequest], HttpResponse]]:
    """Make a read the answer to GET for tokens that carry `scope`."""

    def declare(read: Read) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt
        @wraps(read)
        def serve(request: HttpRequest) -> HttpResponse:
            request_id = serving.request_id_of(request)
            try:
                if request.method not in ("GET", "HEAD"):
                    raise MethodNotAllowedError(allowed=["GET"])
                now = clock.now()
                answer = _encoder.encode(read(_bearer(request, scope, now), now))
                response = HttpResponse(answer, content_type="application/json")
            except Exception as exc:
                response = problems.respond(exc, request_id=request_id)
            return serving.finish(response, request_id)

        return serve

    return declare


def _bearer(request: HttpRequest, scope: str, now: datetime) -> Bearer:
    kind, _space, value = request.headers.get("Authorization", "").partition(" ")
    found = members_selectors.find_bearer(value=value.strip(), now=now) if value else None
    if kind.lower() != "bearer" or found is None:
        raise UnauthenticatedError("send a member's token: Authorization: Bearer <token>")
    if scope not in found.scopes:
        raise ScopeMissingError(f"this needs the scope {scope}")
    return found


@member_endpoint("profile")
def me(bearer: Bearer, now: datetime) -> MeOut:
    """Who the member is."""
    member = members_selectors.get_member(member_id=bearer.member_id)
    return MeOut(
        id=member.public_id,
        member_no=member.member_no,
        nickname=member.nickname,
        joined_at=member.joined_at,
    )


@member_endpoint("me:points")
def points(bearer: Bearer, now: datetime) -> BalanceNow:
    """What the member can spend, and what is on its way."""
    balance = points_selectors.get_balance(
        member_id=bearer.member_id, programme_id=bearer.programme_id, at=now, now=now
    )
    return BalanceNow(
        available=balance.available,
        pending=balance.pending,
        held=balance.held,
        debt=balance.debt,
    )


@member_endpoint("me:points")
def entries(bearer: Bearer, now: datetime) -> EntriesOut:
    """The latest movements of the member's points."""
    page = points_selectors.list_entries(
        member_ids=members_selectors.ids_of(bearer.member_id),
        programme_id=bearer.programme_id,
        limit=50,
    )
    return EntriesOut(
        items=[
            EntryOut(kind=str(e.kind), points=e.points, occurred_at=e.occurred_at)
            for e in page.entries
        ]
    )


@member_endpoint("me:tier")
def tier(bearer: Bearer, now: datetime) -> TierNow:
    """The member's tier."""
    standings = loyalty_selectors.get_standing(
        member_ids=[bearer.member_id], programme_id=bearer.programme_id, at=now
    )
    return tier_now(standings[bearer.member_id])
