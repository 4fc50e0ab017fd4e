"""`{% sounding as alarms %}`: what rings for the operator who looks at a screen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from config.kernel import alarms, clock
from members import selectors as members_selectors

register = template.Library()


@register.simple_tag(takes_context=True)
def sounding(context: dict[str, Any]) -> list[alarms.Alarm]:
    """Return the alarms that ring; none for those who are not signed in."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated or not user.is_staff:
        return []
    return alarms.sounding(may=user.has_perm, now=clock.now())


@register.simple_tag(takes_context=True)
def seeing_clear(context: dict[str, Any]) -> datetime | None:
    """Return until when the operator sees personal data in clear, if they do."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated or not user.is_staff:
        return None
    return members_selectors.find_data_grant(user_id=user.pk, now=clock.now())
