"""Real-name verification by the member."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members import services
from members.errors import InvalidRealNameError
from members.forms import REFUSALS, Filled
from members.views import pages
from members.views.owning import Owner, own_page, step_up


@require_http_methods(["GET", "POST"])
@own_page
def real_name(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Ask for name and number, or show what is verified: masked, clear after a fresh proof."""
    verified = services.find_real_name(member_id=owner.member_id)
    is_clear = verified is not None and request.GET.get("clear") == "1"
    if is_clear:
        step_up(request, owner)
    sent = {name: request.POST.get(name, "")[:100] for name in ("name", "id_number")}
    filled = Filled(values=sent)
    if request.method == "POST":
        try:
            services.verify_real_name(
                member_id=owner.member_id,
                name=sent["name"],
                id_number=sent["id_number"],
                now=owner.now,
            )
        except REFUSALS as refusal:
            at_name = isinstance(refusal, InvalidRealNameError)
            filled.refuse("name" if at_name else "id_number", refusal)
        else:
            messages.success(request, _("Your name is verified."))
            return redirect("members:real_name")
    return pages.page(
        request, "members/real_name.html", filled, verified=verified, is_clear=is_clear
    )
