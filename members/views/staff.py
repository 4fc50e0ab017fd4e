"""Staff bind the authenticator app that the console asks for."""

from __future__ import annotations

from django.contrib.auth import get_user_model, update_session_auth_hash
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from config.kernel import clock
from members import entering, services
from members.forms import REFUSALS, Filled
from members.types import ProofKind
from members.views import drawings, pages

_KEPT = "staff_authenticator"


@never_cache
@require_http_methods(["GET", "POST"])
def authenticator(request: HttpRequest) -> HttpResponse:
    """Bind the first app. Whoever has a proof already gives that one instead."""
    user = request.user
    if not user.is_authenticated or not user.is_staff:
        return redirect_to_login(request.get_full_path(), login_url="/ops/login/")
    user_id, now = int(user.pk), clock.now()
    if services.has_second_proof(user_id=user_id):
        return redirect("members:prove")
    secret = request.session.get(_KEPT) or services.make_secret()
    request.session[_KEPT] = secret
    filled = Filled()
    if request.method == "POST":
        code = request.POST.get("code", "")[:12]
        try:
            services.add_authenticator(user_id=user_id, secret=secret, code=code, now=now)
        except REFUSALS as refusal:
            filled.refuse("code", refusal)
        else:
            del request.session[_KEPT]
            entering.step_up(request, user_id=user_id, kind=ProofKind.AUTHENTICATOR, now=now)
            values = {"codes": services.list_recovery_codes(user_id=user_id), "done": "/ops/"}
            return render(request, "members/recovery_codes.html", values)
    link = drawings.authenticator_link(secret=secret, label=str(user), issuer=_("Changke"))
    return pages.page(
        request,
        "members/authenticator.html",
        filled,
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        square=drawings.square(link),
        link=link,
        done="/",
    )


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Let a member of staff choose their own password."""
    user = request.user
    if not user.is_authenticated or not user.is_staff:
        return redirect_to_login(request.get_full_path(), login_url="/ops/login/")
    asked = request.POST.get("next") or request.GET.get("next") or "/ops/"
    filled = Filled(values={"next": pages.safe_next(request, asked)})
    if request.method == "POST":
        try:
            services.choose_password(
                user_id=int(user.pk),
                password=request.POST.get("password", "")[:200],
                now=clock.now(),
            )
        except services.WeakPasswordError as refusal:
            filled.refuse("password", refusal)
        else:
            fresh = get_user_model()._default_manager.get(pk=user.pk)
            update_session_auth_hash(request, fresh)
            return redirect(filled.values["next"])
    return pages.page(request, "members/staff_password.html", filled)
