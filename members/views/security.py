"""The security page: how safe the account is, ways in, second proofs, sessions, sign-ins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import agents, safety, selectors, services, wording
from members.forms import REFUSALS, Filled
from members.views import drawings, pages, social
from members.views.owning import Owner, own_page, step_up

_APP_SECRET = "authenticator"  # noqa: S105
_RISKY_FOR = timedelta(days=30)


@require_safe
@own_page
def security(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Show how safe the account is, and everything that makes it so."""
    found = selectors.get_safety(user_id=owner.user_id, since=owner.now - _RISKY_FOR)
    points = safety.points_of(found)
    values = {
        "safety": found,
        "score": safety.score_of(found),
        "apps": selectors.list_apps(user_id=owner.user_id, now=owner.now),
        "socials": social.ways(found.socials),
        "steps": [_step(point) for point in points if not point.is_done],
        "sessions": _sessions(request, owner),
        "attempts": _attempts(owner),
    }
    return render(request, "members/security.html", values)


def _step(point: safety.Point) -> dict[str, Any]:
    title, why = wording.steps()[point.code]
    return {"code": point.code, "points": point.points, "title": title, "why": why}


def _sessions(request: HttpRequest, owner: Owner) -> list[dict[str, Any]]:
    found = selectors.list_sessions(
        user_id=owner.user_id, current=str(request.session.session_key), now=owner.now
    )
    return [
        {
            "session": session,
            "name": agents.name(session.agent),
            "network": agents.mask_network(session.ip),
        }
        for session in found
    ]


def _attempts(owner: Owner) -> list[dict[str, Any]]:
    words, ways, outcomes = wording.reasons(), wording.ways(), wording.outcomes()
    return [
        {
            "attempt": attempt,
            "way": ways.get(attempt.by, attempt.by),
            "outcome": outcomes[attempt.outcome],
            "name": agents.name(attempt.agent),
            "network": agents.mask_network(attempt.ip),
            "reasons": [words.get(reason, reason) for reason in attempt.risk.reasons],
        }
        for attempt in selectors.list_attempts(user_id=owner.user_id, limit=8)
    ]


@require_http_methods(["GET", "POST"])
@own_page
def authenticator(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Show the square to scan, and bind the app that shows its code."""
    step_up(request, owner)
    secret = request.session.get(_APP_SECRET) or services.make_secret()
    request.session[_APP_SECRET] = secret
    filled = Filled()
    if request.method == "POST":
        try:
            services.add_authenticator(
                user_id=owner.user_id,
                secret=secret,
                code=request.POST.get("code", "")[:12],
                now=owner.now,
            )
        except REFUSALS as refusal:
            filled.refuse("code", refusal)
        else:
            del request.session[_APP_SECRET]
            messages.success(request, _("The app is bound. Keep these recovery codes."))
            return redirect("members:recovery_codes")
    member_no = selectors.get_member(member_id=owner.member_id).member_no
    link = drawings.authenticator_link(secret=secret, label=member_no, issuer=_("Changke"))
    return pages.page(
        request,
        "members/authenticator.html",
        filled,
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        square=drawings.square(link),
        link=link,
    )


@require_POST
@own_page
def remove_authenticator(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Take the authenticator app away."""
    step_up(request, owner)
    services.remove_authenticator(user_id=owner.user_id, now=owner.now)
    messages.success(request, _("The authenticator app is removed."))
    return redirect("members:security")


@require_http_methods(["GET", "POST"])
@own_page
def recovery_codes(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Show the recovery codes that are left, or make new ones."""
    step_up(request, owner)
    if request.method == "POST":
        services.renew_recovery_codes(user_id=owner.user_id, now=owner.now)
        messages.success(request, _("These codes are new; the old ones no longer work."))
        return redirect("members:recovery_codes")
    codes = services.list_recovery_codes(user_id=owner.user_id)
    return render(request, "members/recovery_codes.html", {"codes": codes})


@require_POST
@own_page
def end_session(request: HttpRequest, owner: Owner, session: int) -> HttpResponse:
    """Sign one browser out from here."""
    if services.end_session(user_id=owner.user_id, session_id=session):
        messages.success(request, _("That device is signed out."))
    return redirect("members:security")


@require_POST
@own_page
def end_other_sessions(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Sign out everywhere but here."""
    services.end_other_sessions(user_id=owner.user_id, keep=str(request.session.session_key))
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("members:security")


@require_POST
@own_page
def revoke_app(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Take back what was allowed to an app."""
    if services.revoke_app(user_id=owner.user_id, client_id=request.POST.get("app", "")[:100]):
        messages.success(request, _("The app is no longer allowed to know you."))
    return redirect("members:security")
