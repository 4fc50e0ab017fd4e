"""What members see of themselves: their rooms and code, language, looks, sign-out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.pages import codes, drawing, themes
from config.pages.visitors import Visitor, member_page
from members import services as members_services

PAGE = "me"


@require_safe
@member_page
def me(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the member's rooms, and how this device shows them."""
    values = {
        "member": visitor.member,
        "rooms": drawing.rooms_of(PAGE, visitor),
        "here": themes.chosen(request),
    }
    return render(request, "pages/me.html", values)


@require_safe
@member_page
def code(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show a fresh member code alone, one tap away from every page.

    HTMX asks for the code without the page around it: when the card is turned, and before
    the one on show ends.
    """
    member = visitor.member
    fresh = members_services.issue_member_code(
        member_id=member.id, programme_id=visitor.programme.id, now=visitor.now
    )
    only = bool(request.headers.get("HX-Request"))
    return render(
        request,
        "pages/components/member_code.html" if only else "pages/code.html",
        {"code": codes.of(fresh.digits), "number": member.member_no},
    )
