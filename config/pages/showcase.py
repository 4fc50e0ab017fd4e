"""`/_ui/`: every component in every state, in both languages and themes, for whoever works
on the looks. It exists where DEBUG is on and in the demo, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from config.pages import samples
from config.pages.sampling import Sample

_LANGUAGES = ("zh-hans", "en")
_THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A sample in one language and one theme."""

    language: str
    theme: str
    html: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A component in one state, in all its looks."""

    title: str
    template: str
    is_listed: bool
    looks: list[Look]


@require_safe
def showcase(request: HttpRequest) -> HttpResponse:
    """Show all components; `?only=card` shows those whose file has this name."""
    _only_where_people_look()
    only = request.GET.get("only", "")
    shown = [
        _exhibit(number, sample)
        for number, sample in enumerate(samples.all_samples())
        if only in ("", sample.component)
    ]
    values = {"exhibits": shown, "components": samples.components(), "only": only}
    return render(request, "pages/showcase.html", values)


@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    """Show a page with nothing on it: what the member home's speed is compared with."""
    _only_where_people_look()
    return render(request, "pages/blank.html")


def _only_where_people_look() -> None:
    if not (settings.DEBUG or settings.DEMO):
        raise Http404


def _exhibit(number: int, sample: Sample) -> Exhibit:
    template = f"pages/components/{sample.component}.html"
    looks = []
    for language in _LANGUAGES:
        for theme in _THEMES:
            with translation.override(language):
                uid = f"sample-{number}-{language}-{theme}"
                said = sample.values(uid=uid) if sample.wants_uid else sample.values()
                values = {**said, "uid": uid}
                html = render_to_string(template, values)
            # Our own template, escaped where it was drawn.
            looks.append(Look(language=language, theme=theme, html=mark_safe(html)))  # noqa: S308
    return Exhibit(
        title=sample.state,
        template=template,
        is_listed=sample.component in samples.LISTED,
        looks=looks,
    )
