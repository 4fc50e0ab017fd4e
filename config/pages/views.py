"""The member center's pages: each reads what its apps tell, in the programme's zone."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache

from config.kernel import ids, panels
from config.kernel.panels import Panel, Subject
from config.pages import entries, explanations, ladder, progress, wording
from config.pages.panels import HOME
from config.pages.visitors import Visitor, find_visitor, member_page
from loyalty import selectors as loyalty_selectors
from points import selectors as points_selectors
from points.types import Kind

PAGE = 30


@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Show the member their card, what they have and what changed; invite a stranger in."""
    visitor = find_visitor(request)
    if visitor is None:
        staff = request.user.is_authenticated
        return render(request, "pages/home.html", {"visitor": None, "staff": staff})
    with timezone.override(visitor.programme.timezone):
        shown = [_filled(panel, visitor) for panel in panels.list_panels(page=HOME)]
        columns = [[p for p in shown if p and p["column"] == column] for column in (1, 2)]
        values = {"visitor": visitor, "columns": columns}
        return render(request, "pages/home.html", values)


@member_page
def panel(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    """Draw one panel again."""
    found = panels.find_panel(slug=slug)
    filled = _filled(found, visitor) if found else None
    if filled is None:
        raise Http404
    return render(request, "pages/_panel.html", {"panel": filled})


def _filled(panel: Panel, visitor: Visitor) -> dict[str, object] | None:
    subject = Subject(
        member_id=visitor.member.id,
        member_ids=visitor.member_ids,
        number=visitor.member.member_no,
        name=visitor.member.nickname,
        programme_id=visitor.programme.id,
        currency=visitor.programme.currency,
        now=visitor.now,
    )
    values = panel.values(subject)
    if values is None:
        return None
    # A panel sees its own values alone, so that it looks the same wherever it is shown.
    html = mark_safe(render_to_string(panel.template, dict(values)))  # noqa: S308
    return {
        "slug": panel.slug,
        "column": panel.column,
        "bare": values.get("bare", False),
        "html": html,
    }


@member_page
def statement(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the ledger, newest first; with HTMX only the list is drawn again."""
    kind = request.GET.get("kind", "")
    if kind not in _filters():
        kind = ""
    before = _number(request.GET.get("before"))
    page = points_selectors.list_entries(
        member_ids=visitor.member_ids,
        programme_id=visitor.programme.id,
        kinds=_KINDS[kind],
        before=before,
        limit=PAGE,
    )
    values: dict[str, object] = {
        "filters": [
            {"code": code, "title": title, "here": code == kind}
            for code, title in _filters().items()
        ],
        "kind": kind,
        "before": before,
        "next_before": page.next_before,
        "lines": entries.as_lines(page.entries, member_ids=visitor.member_ids),
    }
    if request.headers.get("HX-Target") == "entries":
        return _varied(render(request, "pages/_statement.html", values))
    values["balance"] = points_selectors.get_balance(
        member_id=visitor.member.id,
        programme_id=visitor.programme.id,
        at=visitor.now,
        now=visitor.now,
    )
    return _varied(render(request, "pages/statement.html", values))


# What a member filters by, and which kinds of entry each filter shows.
_KINDS: dict[str, tuple[Kind, ...]] = {
    "": (),
    "earned": (Kind.EARN, Kind.ACTIVATE, Kind.EXCHANGE_IN),
    "spent": (Kind.SPEND, Kind.HOLD, Kind.RELEASE, Kind.EXCHANGE_OUT),
    "refunds": (Kind.RETURN, Kind.REVERSE),
    "expired": (Kind.EXPIRE,),
}


def _filters() -> dict[str, str]:
    titles = wording.filter_titles()
    return {code: titles[code] for code in _KINDS}


def _varied(response: HttpResponse) -> HttpResponse:
    # The address is the same for the page and for its part: a cache must not mix them up.
    response["Vary"] = ", ".join(filter(None, [response.get("Vary"), "HX-Request"]))
    return response


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


@member_page
def entry(request: HttpRequest, visitor: Visitor, entry: str) -> HttpResponse:
    """Explain one entry: why, by which arithmetic, and which points it moved."""
    place = ids.decode("ent", entry)
    if place.member_id not in visitor.member_ids:
        raise Http404
    found = points_selectors.get_entry(
        member_id=place.member_id, entry_id=place.row_id, programme_id=visitor.programme.id
    )
    numbers = entries.order_numbers([found], member_ids=visitor.member_ids)
    order_id = wording.order_of(found.source)
    values = {
        "line": wording.entry_line(found, order_numbers=numbers),
        "order_id": order_id if order_id in numbers else None,
        "lots": found.lots,
        "explanation": explanations.of_entry(found, programme=visitor.programme),
    }
    return render(request, "pages/entry.html", values)


@member_page
def tier(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the ladder, where the member stands on it, and how they came there."""
    programme = visitor.programme
    standing = loyalty_selectors.get_standing(
        member_ids=[visitor.member.id], programme_id=programme.id, at=visitor.now
    )[visitor.member.id]
    changes = loyalty_selectors.list_changes(
        member_ids=visitor.member_ids, programme_id=programme.id
    )
    steps = loyalty_selectors.get_ladder(programme_id=programme.id)
    values = {
        "standing": standing,
        "face": progress.face(standing.tier),
        "progress": progress.of(standing, currency=programme.currency),
        "measured": ladder.measured(standing, currency=programme.currency),
        "rungs": ladder.rungs(steps, standing=standing, currency=programme.currency),
        "rules": ladder.rules(steps),
        "changes": ladder.history(changes, steps, currency=programme.currency),
    }
    return render(request, "pages/tier.html", values)
