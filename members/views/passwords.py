"""Sign in by password, and set one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import get_user_model, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from config.kernel import clock
from members import contacts, entering, services, visits
from members.forms import REFUSALS, Filled
from members.programmes import selectors as programmes_selectors
from members.views import pages
from members.views.owning import Owner, own_page, step_up

_LONGEST = 200


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
@visits.remembers_device
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for address and password; a second proof may be due after them."""
    target = pages.safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if pages.find_member(request) is not None:
        return redirect(target)
    filled = Filled(values={"address": request.POST.get("address", "")[:254], "next": target})
    if request.method == "POST":
        try:
            return _enter(request, filled.values["address"], target)
        except REFUSALS as refusal:
            filled.refuse("password", refusal)
    return pages.page(request, "members/password_sign_in.html", filled)


def _enter(request: HttpRequest, address: str, target: str) -> HttpResponse:
    shop, now = pages.shop(), clock.now()
    programme = programmes_selectors.get_programme(shop.programme_id)
    signed_in = services.sign_in_by_password(
        programme_id=programme.id,
        address=address,
        password=request.POST.get("password", "")[:_LONGEST],
        region=contacts.region_of(programme.timezone),
        ip=visits.ip_of(request),
        now=now,
    )
    is_in = entering.enter(
        request, signed_in=signed_in, programme_id=programme.id, target=target, now=now
    )
    return redirect(target if is_in else "members:proof")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@own_page
def password(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Set a password; everybody else who is signed in has to do so anew."""
    step_up(request, owner)
    filled = Filled()
    if request.method == "POST":
        try:
            services.set_password(
                user_id=owner.user_id,
                password=request.POST.get("password", "")[:_LONGEST],
                now=owner.now,
            )
        except REFUSALS as refusal:
            filled.refuse("password", refusal)
        else:
            # The session's hash follows, under a new key; what knew the old one is out.
            user = get_user_model().objects.get(pk=owner.user_id)
            update_session_auth_hash(request, user)
            key = str(request.session.session_key)
            services.open_session(
                user_id=owner.user_id, session_key=key, visit=visits.of(request), now=owner.now
            )
            services.end_other_sessions(user_id=owner.user_id, keep=key)
            messages.success(request, _("The password is set. Other devices are signed out."))
            return redirect("members:security")
    return pages.page(request, "members/password.html", filled)
