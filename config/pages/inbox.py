"""The tab of messages: what the programme has told this member, in their own words' order."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.pages.addresses import linked, place
from config.pages.visitors import Visitor, member_page
from messaging import selectors as messaging_selectors

PAGE = 20


@require_safe
@member_page
def messages(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the messages that were sent to the member, newest first."""
    before = place(request.GET.get("before"))
    page = messaging_selectors.list_letters(
        member_ids=visitor.member_ids, before=before, limit=PAGE
    )
    values = {
        "letters": page.letters,
        "newest": linked("pages:messages") if before else "",
        "older": linked("pages:messages", before=page.next_before) if page.next_before else "",
    }
    return render(request, "pages/messages.html", values)
