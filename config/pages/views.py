"""The member home, and its panels one by one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.kernel import panels
from config.pages import drawing
from config.pages.panels import HOME
from config.pages.visitors import Visitor, find_visitor, member_page


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Show the member their card, what they have and what changed; invite a stranger in."""
    visitor = find_visitor(request)
    if visitor is None:
        staff = request.user.is_authenticated
        return render(request, "pages/home.html", {"visitor": None, "staff": staff})
    with timezone.override(visitor.programme.timezone):
        shown = drawing.panels_of(HOME, visitor)
        columns = [[panel for panel in shown if panel.column == column] for column in (1, 2)]
        values = {"visitor": visitor, "columns": columns}
        return render(request, "pages/home.html", values)


@require_safe
@member_page
def panel(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    """Draw one panel again."""
    found = panels.find_panel(slug=slug)
    drawn = drawing.draw(found, drawing.subject_of(visitor)) if found else None
    if drawn is None:
        raise Http404
    return render(request, "pages/_panel.html", {"panel": drawn})
