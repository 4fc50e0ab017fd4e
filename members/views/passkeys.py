"""Passkeys on pages: a script asks for options, the browser answers, a plain form brings it."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from config.kernel import clock
from members import agents, entering, services, visits
from members.errors import TooManyCodesError
from members.forms import REFUSALS, words_of
from members.views import pages
from members.views.owning import Owner, own_page, step_up


def credential_of(request: HttpRequest) -> Any:
    """Return what the browser answered; anything unreadable is an answer to nothing."""
    try:
        found = json.loads(request.POST.get("credential", "")[:20_000])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@never_cache
@require_POST
def sign_in_options(request: HttpRequest) -> HttpResponse:
    """Tell the browser to offer its passkeys for this site."""
    try:
        options = services.sign_in_options(ip=visits.ip_of(request), now=clock.now())
    except TooManyCodesError:
        return JsonResponse({}, status=429)
    return JsonResponse(options)


@never_cache
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by a passkey: it asked for finger or face, and is two proofs at once."""
    target, now = pages.safe_next(request, request.POST.get("next")), clock.now()
    programme_id = pages.shop().programme_id
    try:
        signed_in = services.sign_in_by_passkey(
            credential=credential_of(request), programme_id=programme_id, now=now
        )
    except REFUSALS as refusal:
        messages.error(request, words_of(refusal))
        return redirect("members:sign_in")
    entering.enter(
        request,
        signed_in=signed_in,
        programme_id=programme_id,
        target=target,
        both_proofs=True,
        now=now,
    )
    return redirect(target)


@never_cache
@require_POST
def proof_options(request: HttpRequest) -> HttpResponse:
    """Tell the browser which passkeys would prove who is half in, or signed in."""
    pending = entering.find_pending(request, now=clock.now())
    user_id = pending.user_id if pending else request.user.pk
    if user_id is None:
        return JsonResponse({}, status=401)
    return JsonResponse(services.proof_options(user_id=int(user_id)))


@require_POST
@own_page
def add_options(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Tell the browser how to make a passkey."""
    step_up(request, owner)
    return JsonResponse(services.passkey_options(user_id=owner.user_id))


@require_POST
@own_page
def add(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Keep the passkey that the browser made."""
    step_up(request, owner)
    try:
        services.add_passkey(
            user_id=owner.user_id,
            name=request.POST.get("name", "") or agents.name(visits.of(request).agent),
            credential=credential_of(request),
            now=owner.now,
        )
    except REFUSALS as refusal:
        messages.error(request, words_of(refusal))
    else:
        messages.success(request, _("The passkey is added. Sign in with it next time."))
    return redirect("members:security")


@require_POST
@own_page
def remove(request: HttpRequest, owner: Owner, passkey: int) -> HttpResponse:
    """Take a passkey away, unless it is the last way in."""
    step_up(request, owner)
    try:
        services.remove_passkey(user_id=owner.user_id, passkey_id=passkey, now=owner.now)
    except REFUSALS as refusal:
        messages.error(request, words_of(refusal))
    else:
        messages.success(request, _("The passkey is removed."))
    return redirect("members:security")
