"""The door of the console: passwords are counted, and a second proof is asked of staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from config.kernel import clock, crypto
from members import services, throttle, visits
from members.errors import TooManyCodesError

_CONSOLE = "/ops/"
_OPEN = ("/ops/login/", "/ops/logout/", "/ops/jsi18n/")
# A working day: then staff prove anew that it is them.
_FRESH = timedelta(hours=12)


class StaffDoor:
    """Let staff into the console with two proofs; in the demo with one, which a banner says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(_CONSOLE):
            return self.get_response(request)
        if request.path_info == _OPEN[0] and request.method == "POST":
            refused = _count_password(request)
            if refused is not None:
                return refused
        if request.path_info in _OPEN:
            return self.get_response(request)
        led = _lead_to_proof(request) if settings.STAFF_SECOND_PROOF else None
        return led or _lead_to_password(request) or self.get_response(request)


def _count_password(request: HttpRequest) -> HttpResponse | None:
    """Stop guessing: by network, and by name whatever the network."""
    name = request.POST.get("username", "")[:100].lower()
    ip, now = visits.ip_of(request), clock.now()
    try:
        throttle.count(throttle.GUESSES_PER_IP, who=throttle.who(ip), now=now)
        who = crypto.blind("throttle-staff", name).hex()
        throttle.count(throttle.PASSWORDS_PER_ADDRESS, who=who, now=now)
    except TooManyCodesError as refusal:
        answer = render(request, "members/wait.html", status=429)
        answer["Retry-After"] = str(refusal.retry_after)
        return answer
    return None


def _lead_to_proof(request: HttpRequest) -> HttpResponse | None:
    user = request.user
    if not user.is_authenticated or not user.is_staff:
        return None
    user_id = int(user.pk)
    if services.has_fresh_proof(
        session=request.session, user_id=user_id, now=clock.now(), within=_FRESH
    ):
        return None
    known = services.has_second_proof(user_id=user_id)
    name = "members:prove" if known else "members:staff_authenticator"
    return redirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")


def _lead_to_password(request: HttpRequest) -> HttpResponse | None:
    """Let whoever has a password that somebody else knows choose another one first."""
    user = request.user
    if not user.is_authenticated or not user.is_staff or not user.must_change_password:
        return None
    here = urlencode({"next": request.get_full_path()})
    return redirect(f"{reverse('members:staff_password')}?{here}")
