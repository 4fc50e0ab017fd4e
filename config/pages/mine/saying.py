"""The profile in words: fields, genders, interests, changes, and why an avatar is not taken."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from config.pages import formats
from members.types import ProfileChange


def fields() -> dict[str, str]:
    """Return what the parts of a profile are called."""
    return {
        "nickname": _("What we call you"),
        "avatar": _("Picture"),
        "gender": _("Gender"),
        "birthday": _("Birthday"),
        "interests": _("What you like"),
        "locale": _("Language of our messages"),
        "timezone": _("Time zone"),
    }


def genders() -> dict[str, str]:
    """Return what may be said of one's gender."""
    return {
        "": _("I would rather not say"),
        "female": _("Female"),
        "male": _("Male"),
        "other": pgettext("gender", "Other"),
    }


def interests() -> dict[str, str]:
    """Return what a member may like."""
    return {
        "tea": _("Tea and coffee"),
        "food": _("Food"),
        "home": _("Home and living"),
        "fashion": _("Fashion"),
        "beauty": _("Beauty"),
        "sports": _("Sports"),
        "outdoors": _("Outdoors"),
        "travel": _("Travel"),
        "reading": _("Reading"),
        "music": _("Music"),
        "film": _("Film"),
        "games": _("Games"),
        "digital": _("Electronics"),
        "family": _("Family and children"),
        "pets": _("Pets"),
        "plants": _("Plants"),
    }


def why_no_avatar(code: str) -> str:
    """Return why a picture is not taken, and what to do."""
    return {
        "missing": _("Choose a picture first."),
        "too_large": _("The file is larger than 2 MB. Please choose a smaller one."),
        "too_many_pixels": _("The picture has too many pixels. Please make it smaller."),
        "too_small": _("The picture is too small: 48 pixels on each side at least."),
        "not_a_picture": _("Only JPEG, PNG and WebP pictures can be used."),
        "moves": _("A picture that moves cannot be used. Please choose a still one."),
        "polyglot": _("This file is more than a picture. Please save it anew and try again."),
        "broken": _("The picture is broken. Please choose another one."),
    }[code]


def change(made: ProfileChange) -> dict[str, str]:
    """Return a change as a line of the history."""
    return {
        "title": fields().get(made.field, made.field),
        "before": _value(made.field, made.before),
        "after": _value(made.field, made.after),
        "by": _by(made.actor),
        "when": formats.moment(made.changed_at),
    }


def _value(field: str, value: Any) -> str:
    if field == "avatar":
        return _("a picture") if value else _("none")
    if not value:
        return _("none")
    if isinstance(value, date | datetime):
        return formats.day(value)
    if field == "interests":
        names = interests()
        return _(", ").join(names.get(code, code) for code in value)
    known = {"gender": genders(), "locale": {"zh-hans": "简体中文", "en": "English"}}
    return known.get(field, {}).get(str(value), str(value))


def _by(actor: str) -> str:
    """Return who made a change, and by which door."""
    kind = actor.partition(":")[0]
    return {
        "member": _("You, in the member center"),
        "staff": _("The shop's staff"),
        "client": _("The shop's systems"),
        "": _("The shop"),
    }.get(kind, _("The shop"))
