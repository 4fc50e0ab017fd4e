"""What messages say. Render them under the receiver's language (`in_language`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from messaging.types import Channel, Text


@contextmanager
def in_language(locale: str) -> Iterator[str]:
    """Speak the receiver's language, or the installation's."""
    known = {code for code, _name in settings.LANGUAGES}
    language = locale if locale in known else settings.LANGUAGE_CODE
    with translation.override(language):
        yield language


def sign_in_code(*, channel: Channel, code: str, link: str) -> Text:
    """Return the message that carries a sign-in code."""
    if channel is Channel.SMS:
        body = _("%(code)s is your sign-in code, good for 5 minutes. Tell it to nobody.")
        return Text(subject="", body=body % {"code": code})
    body = _(
        "Your sign-in code is %(code)s. It is good for 5 minutes and works once.\n\n"
        "Or open this link, which fills it in:\n%(link)s\n\n"
        "If you did not ask for it, leave this message alone; nobody can sign in without it."
    )
    return Text(
        subject=_("%(code)s is your sign-in code") % {"code": code},
        body=body % {"code": code, "link": link},
    )


def tier_upgraded(*, tier: str, until: str) -> Text:
    """Return the message that tells of a higher tier."""
    if until:
        body = _("You are now %(tier)s. Enjoy it until %(until)s.")
    else:
        body = _("You are now %(tier)s.")
    return Text(
        subject=_("Welcome to %(tier)s") % {"tier": tier},
        body=body % {"tier": tier, "until": until},
    )


def tier_downgraded(*, tier: str) -> Text:
    """Return the message that tells of a lower tier."""
    body = _("Your tier is %(tier)s now. Sign in to see what would raise it again.")
    return Text(
        subject=_("Your tier has changed to %(tier)s") % {"tier": tier}, body=body % {"tier": tier}
    )
