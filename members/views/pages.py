"""What the pages of signing in share: the shop, what is kept of a sign-in, where to go next."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from config.kernel.errors import NotFoundError
from members import captcha, policies, selectors
from members.forms import Filled
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Storefront

_STASH = "sign_in"


class NoShopError(NotFoundError):
    """The storefront whose member center this is does not exist."""

    code = "sign_in.no_shop"
    title = "There is no shop here yet"


def shop() -> Storefront:
    """Return the storefront whose member center this is."""
    found = programmes_selectors.find_storefront(settings.MEMBER_CENTER_STOREFRONT)
    if found is None:
        raise NoShopError
    return found


def terms_version() -> str:
    """Return the version of the terms that whoever joins agrees to."""
    return policies.version(programme_id=shop().programme_id, kind="terms")


def find_member(request: HttpRequest) -> int | None:
    """Return the member behind the session; staff are not members by that alone."""
    if not request.user.is_authenticated:
        return None
    return selectors.find_by_user(user_id=int(request.user.pk), programme_id=shop().programme_id)


def page(request: HttpRequest, template: str, filled: Filled, **more: Any) -> HttpResponse:
    """Show a form; a refusal is an answer of its own, which 422 lets tools tell apart."""
    if filled.asks_picture:
        filled.values["picture"] = captcha.make()
    status = 422 if filled.errors else 200
    return render(request, template, {"filled": filled, **more}, status=status)


def picture(request: HttpRequest) -> captcha.Answer | None:
    """Return what was read in a picture, if one was shown."""
    name = request.POST.get("picture", "")
    return captcha.Answer(name=name, text=request.POST.get("digits", "")[:20]) if name else None


def safe_next(request: HttpRequest, target: str | None) -> str:
    """Return where to go afterwards: a path on this site, or home.

    Without its slash it would be taken for the name of a view, or be read beside this page.
    """
    if (
        target
        and target.startswith("/")
        and url_has_allowed_host_and_scheme(
            target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
    ):
        return target
    return settings.LOGIN_REDIRECT_URL


def stashed(request: HttpRequest) -> dict[str, Any]:
    """Return what is kept of the sign-in under way."""
    stash: dict[str, Any] = request.session.get(_STASH, {})
    return stash


def stash(request: HttpRequest, **values: Any) -> None:
    """Keep something of this sign-in; an empty value starts no session."""
    kept = {name: value for name, value in values.items() if value}
    if kept:
        request.session[_STASH] = {**stashed(request), **kept}


def forget_stash(request: HttpRequest) -> None:
    """Forget what was kept of a sign-in."""
    request.session.pop(_STASH, None)
