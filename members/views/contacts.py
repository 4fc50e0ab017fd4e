"""Change the phone number or e-mail address that signs in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members import contacts, services, visits
from members.forms import REFUSALS, Filled
from members.programmes import selectors as programmes_selectors
from members.types import Purpose
from members.views import pages
from members.views.owning import Owner, own_page, step_up


@require_http_methods(["GET", "POST"])
@own_page
def change(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Ask for the new address, send a code there, and change to it when the code is right."""
    step_up(request, owner)
    filled = Filled(
        values={
            "address": request.POST.get("address", "")[:254],
            "t": request.POST.get("t", ""),
        }
    )
    masked = ""
    if request.method == "POST":
        try:
            if "code" in request.POST:
                return _confirm(request, owner, filled.values["t"])
            filled.values["t"], masked = _send(request, owner, filled.values["address"])
        except REFUSALS as refusal:
            filled.refuse("code" if "code" in request.POST else "address", refusal)
            masked = _masked(filled.values["t"])
    return pages.page(request, "members/change.html", filled, masked=masked)


def _masked(token: str) -> str:
    try:
        return services.get_ticket(token=token, purpose=Purpose.CHANGE).masked
    except services.CodeExpiredError:
        return ""


def _send(request: HttpRequest, owner: Owner, address: str) -> tuple[str, str]:
    visit = visits.of(request)
    zone = programmes_selectors.get_programme(owner.programme_id).timezone
    ticket = services.request_change(
        user_id=owner.user_id,
        member_id=owner.member_id,
        text=address,
        region=contacts.region_of(zone),
        locale=get_language() or "",
        ip=visit.ip,
        device=visit.device,
        now=owner.now,
    )
    return ticket.token, ticket.masked


def _confirm(request: HttpRequest, owner: Owner, token: str) -> HttpResponse:
    services.confirm_change(
        user_id=owner.user_id,
        member_id=owner.member_id,
        token=token,
        code=request.POST["code"][:12],
        now=owner.now,
    )
    messages.success(request, _("Changed. From now on you sign in with it."))
    return redirect("members:security")
