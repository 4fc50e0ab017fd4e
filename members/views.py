"""Signing in: one form for new and known members, then the code."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from config.kernel import clock
from config.kernel.errors import NotFoundError
from members import contacts, selectors, services
from members.errors import CodeExpiredError, ConsentMissingError
from members.forms import REFUSALS, Filled
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Storefront

_STASH = "sign_in"
_BACKEND = "django.contrib.auth.backends.ModelBackend"
_ORIGIN = {
    "utm_source": "source",
    "utm_medium": "medium",
    "utm_campaign": "campaign",
    "invite": "invite_code",
    "store": "store",
}


class NoShopError(NotFoundError):
    """The storefront whose member center this is does not exist."""

    code = "sign_in.no_shop"
    title = "There is no shop here yet"


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a phone number or an e-mail address, and send a code to it."""
    target = _safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if _is_member_here(request):
        return redirect(target)
    filled = Filled(values={"address": "", "next": target})
    if request.method == "POST":
        filled.values["address"] = request.POST.get("address", "")[:254]
        try:
            return _send_code(request, filled.values["address"], target)
        except REFUSALS as refusal:
            filled.refuse("address", refusal)
    else:
        _stash(request, origin=_origin(request))
    return _page(request, "members/sign_in.html", filled)


def _is_member_here(request: HttpRequest) -> bool:
    """Tell whether there is nothing to sign in to; staff are not members by that alone."""
    if not request.user.is_authenticated:
        return False
    found = selectors.find_by_user(user_id=int(request.user.pk), programme_id=_shop().programme_id)
    return found is not None


def _send_code(request: HttpRequest, address: str, target: str) -> HttpResponse:
    shop = _shop()
    programme = programmes_selectors.get_programme(shop.programme_id)
    ticket = services.request_code(
        programme_id=shop.programme_id,
        address=address,
        region=contacts.region_of(programme.timezone),
        locale=get_language() or "",
        ip=_ip(request),
        link_base=_code_address(),
        now=clock.now(),
    )
    _stash(request, token=ticket.token, next=target)
    return redirect("members:code")


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code. The link in an e-mail fills it in, but never sends it."""
    sent = request.POST if request.method == "POST" else request.GET
    token = sent.get("t") or _stashed(request).get("token", "")
    filled = Filled(values={"code": sent.get("code", "")[:12], "t": token})
    if request.method == "POST":
        try:
            return _enter(request, token, filled.values["code"])
        except ConsentMissingError as refusal:
            filled.values["ask_consent"] = "1"
            if "terms" in request.POST:
                filled.refuse("agreed", refusal)
        except REFUSALS as refusal:
            filled.refuse("code", refusal)
    return _code_page(request, filled)


def _enter(request: HttpRequest, token: str, typed: str) -> HttpResponse:
    stash = _stashed(request)
    agreed = request.POST.get("agreed") == "1"
    signed_in = services.confirm_code(
        token=token,
        code=typed,
        storefront_id=_shop().id,
        terms_version=settings.TERMS_VERSION,
        agreed=agreed,
        locale=get_language() or "",
        attribution=stash.get("origin") or {},
        ip=_ip(request),
        now=clock.now(),
    )
    target = _safe_next(request, stash.get("next"))
    request.session.pop(_STASH, None)
    # Django gives the session a new key here: one that was planted before is worth nothing.
    user = get_user_model().objects.get(pk=signed_in.user_id)
    login(request, user, backend=_BACKEND)
    return redirect(target)


@never_cache
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Send a new code; the one before stops working."""
    token = request.POST.get("t") or _stashed(request).get("token", "")
    filled = Filled(values={"code": "", "t": token})
    try:
        services.resend_code(
            token=token,
            locale=get_language() or "",
            ip=_ip(request),
            link_base=_code_address(),
            now=clock.now(),
        )
    except REFUSALS as refusal:
        filled.refuse("code", refusal)
        return _code_page(request, filled)
    _stash(request, token=token)
    return redirect("members:code")


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, here and in the database."""
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect(settings.LOGOUT_REDIRECT_URL)


def _code_page(request: HttpRequest, filled: Filled) -> HttpResponse:
    now = clock.now()
    try:
        ticket = services.get_ticket(token=filled.values["t"])
    except CodeExpiredError:
        return redirect("members:sign_in")
    wait = max(0, int((ticket.resend_at - now).total_seconds()) + 1)
    return _page(
        request,
        "members/code.html",
        filled,
        ticket=ticket,
        by_email=ticket.kind.value == "email",
        wait=wait if wait <= 60 else 60,
        terms_version=settings.TERMS_VERSION,
    )


def _page(request: HttpRequest, template: str, filled: Filled, **more: Any) -> HttpResponse:
    # A refusal is an answer of its own: 422 lets tools and screen readers tell it apart.
    status = 422 if filled.errors else 200
    return render(request, template, {"filled": filled, **more}, status=status)


def _shop() -> Storefront:
    shop = programmes_selectors.find_storefront(settings.MEMBER_CENTER_STOREFRONT)
    if shop is None:
        raise NoShopError
    return shop


def _code_address() -> str:
    return settings.BASE_URL.rstrip("/") + reverse("members:code")


def _ip(request: HttpRequest) -> str:
    """Return the network address of the browser, as our own proxies tell it.

    What stands further left in the header is the browser's own claim.
    """
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    proxies: int = settings.TRUSTED_PROXIES
    if proxies and len(hops) >= proxies and hops[-proxies].strip():
        return str(hops[-proxies].strip())
    return str(request.META.get("REMOTE_ADDR", ""))


def _safe_next(request: HttpRequest, target: str | None) -> str:
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


def _origin(request: HttpRequest) -> dict[str, str]:
    found = {name: request.GET.get(param, "")[:200] for param, name in _ORIGIN.items()}
    return {name: value for name, value in found.items() if value}


def _stashed(request: HttpRequest) -> dict[str, Any]:
    stash: dict[str, Any] = request.session.get(_STASH, {})
    return stash


def _stash(request: HttpRequest, **values: Any) -> None:
    """Keep something of this sign-in; an empty value starts no session."""
    kept = {name: value for name, value in values.items() if value}
    if kept:
        request.session[_STASH] = {**_stashed(request), **kept}
