"""Whose account a page of account security is, and the fresh proof before what is grave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache

from config.kernel import clock
from members import services
from members.programmes import selectors as programmes_selectors
from members.views import pages

P = ParamSpec("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose account it is."""

    user_id: int
    member_id: int
    programme_id: int
    now: datetime


def own_page(
    view: Callable[Concatenate[HttpRequest, Owner, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Give a view the member it is of, in the programme's zone; strangers sign in first."""

    @wraps(view)
    def shown(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        member_id = pages.find_member(request)
        if member_id is None:
            return redirect_to_login(request.get_full_path())
        programme = programmes_selectors.get_programme(pages.shop().programme_id)
        owner = Owner(
            user_id=int(request.user.pk or 0),
            member_id=member_id,
            programme_id=programme.id,
            now=clock.now(),
        )
        with timezone.override(programme.timezone):
            return view(request, owner, *args, **kwargs)

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], never_cache(shown))


def step_up(request: HttpRequest, owner: Owner) -> None:
    """Let pass who proved in the last five minutes that it is them."""
    services.require_step_up(session=request.session, user_id=owner.user_id, now=owner.now)
