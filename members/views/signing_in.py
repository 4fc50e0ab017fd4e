"""Signing in: one form for new and known members, then the code."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from config.kernel import clock
from members import contacts, entering, origins, services, visits
from members.errors import CodeExpiredError, ConsentMissingError, PictureNeededError
from members.forms import REFUSALS, Filled
from members.programmes import selectors as programmes_selectors
from members.views import pages, social


@never_cache
@require_http_methods(["GET", "POST"])
@visits.remembers_device
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a phone number or an e-mail address, and send a code to it."""
    target = pages.safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if pages.find_member(request) is not None:
        return redirect(target)
    filled = Filled(values={"address": "", "next": target})
    if request.method == "POST":
        filled.values["address"] = request.POST.get("address", "")[:254]
        try:
            return _send_code(request, filled.values["address"], target)
        except PictureNeededError as refusal:
            filled.ask_picture(refusal)
        except REFUSALS as refusal:
            filled.refuse("address", refusal)
    return pages.page(
        request,
        "members/sign_in.html",
        filled,
        socials=social.choices(),
        person=pages.stashed(request).get("social"),
    )


def _send_code(request: HttpRequest, address: str, target: str) -> HttpResponse:
    shop = pages.shop()
    programme = programmes_selectors.get_programme(shop.programme_id)
    visit = visits.of(request)
    ticket = services.request_code(
        programme_id=shop.programme_id,
        address=address,
        region=contacts.region_of(programme.timezone),
        locale=get_language() or "",
        ip=visit.ip,
        device=visit.device,
        picture=pages.picture(request),
        link_base=_code_address(),
        now=clock.now(),
    )
    pages.stash(request, token=ticket.token, next=target)
    return redirect("members:code")


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code. The link in an e-mail fills it in, but never sends it."""
    sent = request.POST if request.method == "POST" else request.GET
    token = sent.get("t") or pages.stashed(request).get("token", "")
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
    shop = pages.shop()
    now = clock.now()
    signed_in = services.confirm_code(
        token=token,
        code=typed,
        storefront_id=shop.id,
        terms_version=pages.terms_version(),
        agreed=request.POST.get("agreed") == "1",
        locale=get_language() or "",
        attribution=origins.of(request, storefront=shop.code, channel=shop.channel),
        ip=visits.ip_of(request),
        now=now,
    )
    stash = pages.stashed(request)
    target = pages.safe_next(request, stash.get("next"))
    if "social" in stash:
        # They came from an account elsewhere; the phone told who they are here.
        social.bind_stashed(user_id=signed_in.user_id, stash=stash, now=now)
    pages.forget_stash(request)
    is_in = entering.enter(
        request, signed_in=signed_in, programme_id=shop.programme_id, target=target, now=now
    )
    return redirect(target if is_in else "members:proof")


@never_cache
@require_POST
@visits.remembers_device
def resend(request: HttpRequest) -> HttpResponse:
    """Send a new code; the one before stops working."""
    token = request.POST.get("t") or pages.stashed(request).get("token", "")
    filled = Filled(values={"code": "", "t": token})
    visit = visits.of(request)
    try:
        services.resend_code(
            token=token,
            locale=get_language() or "",
            ip=visit.ip,
            device=visit.device,
            picture=pages.picture(request),
            link_base=_code_address(),
            now=clock.now(),
        )
    except PictureNeededError as refusal:
        filled.ask_picture(refusal)
        return _code_page(request, filled)
    except REFUSALS as refusal:
        filled.refuse("code", refusal)
        return _code_page(request, filled)
    pages.stash(request, token=token)
    return redirect("members:code")


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, here and in the database."""
    if request.session.session_key:
        services.close_session(session_key=request.session.session_key)
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
    return pages.page(
        request,
        "members/code.html",
        filled,
        ticket=ticket,
        by_email=ticket.kind.value == "email",
        wait=wait if wait <= 60 else 60,
        terms_version=pages.terms_version(),
    )


def _code_address() -> str:
    return settings.BASE_URL.rstrip("/") + reverse("members:code")
