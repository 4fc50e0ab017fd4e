"""What member center templates say: where one is, amounts, times, points."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext

from config.pages import fields, formats, places, themes

register = template.Library()


@register.simple_tag(takes_context=True)
def navigation(context: dict[str, Any], part: str) -> SafeString:
    """Draw the tabs below ("tabs") or beside ("rail"), the present one marked."""
    return _navigation(part, places.tab_of(context.get("request")), get_language() or "")


@lru_cache(maxsize=64)
def _navigation(part: str, tab: str, language: str) -> SafeString:
    # The same for everybody: drawn once for each tab and language.
    return render_to_string(f"pages/components/{part}.html", {"places": places.list_places(tab)})


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of templates/pages/icons by its name, or by the path of its template."""
    return _icon(name if "/" in name else f"pages/icons/{name}.html")


@lru_cache(maxsize=256)
def _icon(path: str) -> SafeString:
    return render_to_string(path)


@register.simple_tag(takes_context=True)
def chosen_theme(context: dict[str, Any]) -> str:
    """Return the theme the visitor chose; nothing when the system decides."""
    return themes.chosen(context.get("request"))


@register.filter
def money(amount: int, currency: str) -> str:
    return formats.money(amount=amount, currency=currency)


@register.filter
def brief_money(amount: int, currency: str) -> str:
    return formats.money(amount=amount, currency=currency, brief=True)


@register.filter
def number(value: int) -> str:
    return formats.number(value)


@register.filter
def signed(value: int) -> str:
    return formats.signed(value)


@register.filter
def day(value: datetime | date | None) -> str:
    return formats.day(value)


@register.filter
def last_day(value: datetime | None) -> str:
    return formats.last_day(value)


@register.filter
def month(value: date) -> str:
    return formats.month(value)


@register.filter
def moment(value: datetime | None) -> str:
    return formats.moment(value)


@register.filter
def card_number(value: str) -> str:
    return formats.card_number(value)


@register.filter
def named(thing: Any) -> str:
    """Return the name of programme data in the active language."""
    chinese = (get_language() or "").startswith("zh")
    return str(thing.name_zh if chinese else thing.name_en)


@register.filter
def tier_title(tier: Any) -> str:
    """Return a tier's name as a card shows it, where there is room for a whole word."""
    return pgettext("a tier, on its card", "%(tier)s") % {"tier": named(tier)}


@register.filter
def unparted(text: str) -> str:
    """Keep the days in a text from being parted at the end of a line."""
    return formats.unparted(text)


@register.filter
def html_lang(code: str) -> str:
    """Return a language as HTML writes it: zh-Hans."""
    return "zh-Hans" if code.startswith("zh") else code


@register.inclusion_tag("pages/components/field.html")
def field(bound: BoundField | None = None, **said: Any) -> dict[str, Any]:
    """Draw a labelled form field: `{% field form.nickname %}`, or with everything said by hand."""
    return {"field": fields.of_bound(bound, **said) if bound else fields.by_hand(**said)}
