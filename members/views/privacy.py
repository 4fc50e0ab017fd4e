"""The privacy center: what is held, copies of it, and leaving."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import selectors, services
from members.errors import (
    ErasureBlockedError,
    ErasureNotFoundError,
    ErasurePendingError,
    ExportGoneError,
    ExportPendingError,
)
from members.views.owning import Owner, own_page, step_up


@require_safe
@own_page
def privacy(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Show the rooms of the privacy center, and what is under way."""
    values = {
        "erasure": selectors.find_erasure(member_id=owner.member_id),
        "rooms": [
            {"url": reverse(f"members:{name}"), "title": title, "words": words, "icon": icon}
            for name, title, words, icon in _rooms()
        ],
    }
    return render(request, "members/privacy/center.html", values)


def _rooms() -> list[tuple[str, str, str, str]]:
    return [
        (
            "privacy_held",
            _("What is held about me"),
            _("Why, how long, and who received it"),
            "pages/icons/info.html",
        ),
        (
            "privacy_consents",
            _("What I agree to"),
            _("Offers, personalization, papers"),
            "pages/icons/check.html",
        ),
        (
            "privacy_exports",
            _("A copy of my data"),
            _("Everything we hold about you, as a file"),
            "pages/icons/copy.html",
        ),
        (
            "privacy_erasure",
            _("Erase my membership"),
            _("Fifteen days to change your mind"),
            "pages/icons/leave.html",
        ),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def exports(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Show the copies that were asked for, and take a new request."""
    if request.method == "POST":
        step_up(request, owner)
        try:
            services.request_export(
                member_id=owner.member_id,
                user_id=owner.user_id,
                locale=get_language() or "",
                now=owner.now,
            )
        except ExportPendingError:
            messages.info(request, _("Your copy is being made already."))
        else:
            messages.success(request, _("Your copy is being made. We tell you when it is ready."))
        return redirect("members:privacy_exports")
    values = _exports(owner)
    if request.headers.get("HX-Request"):
        return render(request, "members/privacy/_exports.html", values)
    return render(request, "members/privacy/exports.html", values)


def _exports(owner: Owner) -> dict[str, Any]:
    found = selectors.list_exports(member_id=owner.member_id)
    return {"exports": found, "busy": any(export.is_open for export in found)}


@require_safe
@own_page
def export_file(request: HttpRequest, owner: Owner, export: int) -> HttpResponseBase:
    """Hand over a copy to whoever asked for it, after a fresh proof."""
    step_up(request, owner)
    try:
        content = services.open_export(
            member_id=owner.member_id, export_id=export, user_id=owner.user_id, now=owner.now
        )
    except ExportGoneError:
        messages.error(request, _("This copy is no longer there. Ask for a new one."))
        return redirect("members:privacy_exports")
    answer = StreamingHttpResponse(content, content_type="application/zip")
    day = timezone.localtime(owner.now).date().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="changke-{day}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def erasure(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Say what leaving means, and take the request."""
    refused = ""
    if request.method == "POST":
        step_up(request, owner)
        if request.POST.get("sure") != "1":
            refused = _("Tick the box to say that you are sure.")
        else:
            _ask(request, owner)
            return redirect("members:privacy_erasure")
    stakes = services.preview_erasure(member_id=owner.member_id, now=owner.now)
    values = {
        "erasure": selectors.find_erasure(member_id=owner.member_id),
        "blocks": [stake.words for stake in stakes if stake.blocks],
        "losses": [stake.words for stake in stakes if not stake.blocks],
        "days": services.THINK_OVER.days,
        "refused": refused,
    }
    return render(request, "members/privacy/erasure.html", values, status=422 if refused else 200)


def _ask(request: HttpRequest, owner: Owner) -> None:
    try:
        services.request_erasure(
            member_id=owner.member_id, actor=f"user:{owner.user_id}", now=owner.now
        )
    except ErasureBlockedError:
        messages.error(request, _("Something has to be settled first; see below."))
    except ErasurePendingError:
        messages.info(request, _("It was asked for already."))
    else:
        messages.success(request, _("Your membership will be erased. Until then you can keep it."))


@require_POST
@own_page
def keep(request: HttpRequest, owner: Owner) -> HttpResponse:
    """Keep the membership after all."""
    try:
        services.cancel_erasure(
            member_id=owner.member_id, actor=f"user:{owner.user_id}", now=owner.now
        )
    except ErasureNotFoundError:
        messages.info(request, _("There is nothing to call off."))
    else:
        messages.success(request, _("Good to have you: nothing will be erased."))
    return redirect("members:privacy")
