"""What member center templates say: where one is, amounts, times, points."""

from __future__ import annotations

from typing import Any

from django import template

from config.pages import places

register = template.Library()


@register.simple_tag(takes_context=True)
def navigation(context: dict[str, Any]) -> list[places.Place]:
    """Return the rooms of the member center that exist, the present one marked."""
    return places.list_places(request=context.get("request"))
