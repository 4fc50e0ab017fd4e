"""Who is looking at a page: the member that the signed-in user is in this programme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from config.kernel import clock
from config.kernel.errors import NotFoundError
from members import selectors as members_selectors
from members.programmes import selectors as programmes_selectors
from members.programmes.errors import StorefrontNotFoundError
from members.programmes.types import Programme, Storefront
from members.types import Holder

P = ParamSpec("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A member on a page."""

    member: Holder
    programme: Programme
    now: datetime

    @property
    def member_ids(self) -> tuple[int, ...]:
        """Return all ids ever merged into the member's, their own included."""
        return self.member.ids


def find_visitor(request: HttpRequest) -> Visitor | None:
    """Return the member behind the session; None for strangers and for staff without a card."""
    if not request.user.is_authenticated:
        return None
    programme = center_programme()
    if programme is None:
        return None
    holder = members_selectors.find_holder(user_id=int(request.user.pk), programme_id=programme.id)
    if holder is None:
        return None
    return Visitor(member=holder, programme=programme, now=clock.now())


# The member center is one storefront's. Its number is remembered, so that a page asks the
# process's own memory and not the database.
_storefronts: dict[str, int] = {}


def find_center_storefront() -> Storefront | None:
    """Return the storefront that the member center is; None before there is a shop."""
    code = settings.MEMBER_CENTER_STOREFRONT
    known = _storefronts.get(code)
    if known is not None:
        try:
            shop = programmes_selectors.get_storefront(known)
            if shop.code == code:
                return shop
        except NotFoundError:
            # The shop was made anew under another number.
            _storefronts.pop(code)
    found = programmes_selectors.find_storefront(code)
    if found is not None:
        _storefronts[code] = found.id
    return found


def center_storefront() -> Storefront:
    """Return the storefront that the member center is. Raises StorefrontNotFoundError."""
    found = find_center_storefront()
    if found is None:
        raise StorefrontNotFoundError
    return found


def center_programme() -> Programme | None:
    """Return the programme that the member center belongs to; None before there is a shop."""
    shop = find_center_storefront()
    return programmes_selectors.get_programme(shop.programme_id) if shop else None


def member_page(
    view: Callable[Concatenate[HttpRequest, Visitor, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give a view its visitor, and render it in the programme's zone; strangers sign in first."""

    @wraps(view)
    def shown(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        visitor = find_visitor(request)
        if visitor is None:
            return redirect_to_login(request.get_full_path())
        with timezone.override(visitor.programme.timezone):
            response = view(request, visitor, *args, **kwargs)
        # After signing out, nobody pages back to what belongs to this member.
        add_never_cache_headers(response)
        return response

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponse], shown)
