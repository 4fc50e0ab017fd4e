"""What messages say. Render them under the receiver's language (`in_language`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messaging.types import Channel, Text
from points.types import CurrencyDefinition, CurrencyKind


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


def proof_code(*, channel: Channel, code: str) -> Text:
    """Return the message that carries a code for something else than signing in."""
    body = _(
        "%(code)s is your code to confirm a change of your account, good for 5 minutes. "
        "Tell it to nobody."
    )
    subject = "" if channel is Channel.SMS else _("%(code)s is your code") % {"code": code}
    return Text(subject=subject, body=body % {"code": code})


def risky_sign_in(*, reasons: Sequence[str]) -> Text:
    """Return the message that tells of a sign-in unlike the member's others."""
    words = {
        "new_device": _("from a new device"),
        "new_network": _("from a new network"),
        "unusual_hour": _("at an unusual hour"),
        "many_failures": _("after several failed tries"),
        "impossible_speed": _("from far away, a short time after the last one"),
    }
    why = _(", ").join(words[reason] for reason in reasons if reason in words)
    body = _(
        "Someone signed in to your account %(why)s. If it was not you, open Account security, "
        "sign out everywhere else and change your way in."
    )
    return Text(subject=_("A sign-in that looks unusual"), body=body % {"why": why})


def security_changed(*, what: str) -> Text:
    """Return the message that tells of a change of how an account is entered."""
    words = {
        "authenticator_added": _("An authenticator app was added"),
        "authenticator_removed": _("The authenticator app was removed"),
        "recovery_codes_renewed": _("New recovery codes were made"),
        "passkey_added": _("A passkey was added"),
        "passkey_removed": _("A passkey was removed"),
        "phone_changed": _("The phone number was changed"),
        "email_changed": _("The e-mail address was changed"),
        "password_changed": _("The password was changed"),
        "social_bound": _("Another account was bound to sign in with"),
        "social_unbound": _("An account to sign in with was unbound"),
        "real_name_verified": _("The real name was verified"),
    }
    change = words.get(what, _("Account security was changed"))
    body = _("%(change)s. If it was not you, ask the shop at once.")
    return Text(subject=change, body=body % {"change": change})


def export_ready(*, day: str) -> Text:
    """Return the message that a copy of the member's data can be fetched."""
    body = _(
        "Sign in and open Me, Privacy, A copy of my data to fetch it. It is there until %(day)s, "
        "and nobody but you can fetch it. If you did not ask for it, ask the shop at once."
    )
    return Text(subject=_("Your copy is ready"), body=body % {"day": day})


def erasure_requested(*, day: str) -> Text:
    """Return the message that the member will be erased."""
    body = _(
        "As you asked, your membership and what we hold about you will be erased on %(day)s. "
        "To keep it, sign in before then and choose Keep my membership. If it was not you, "
        "do that at once, and then change your way in."
    )
    return Text(
        subject=_("Your membership will be erased on %(day)s") % {"day": day},
        body=body % {"day": day},
    )


def erasure_cancelled() -> Text:
    """Return the message that the member stays."""
    return Text(
        subject=_("Your membership stays"),
        body=_("The erasure was called off. Everything is as it was."),
    )


def ledger_differs(*, differences: int, examples: Sequence[str]) -> Text:
    """Return the alarm that the ledger does not reconcile."""
    body = ngettext(
        "The proof of the ledger found %(count)s difference. See Points, Proofs in the console.",
        "The proof of the ledger found %(count)s differences. See Points, Proofs in the console.",
        differences,
    )
    return Text(
        subject=_("Alarm: the ledger does not reconcile"),
        body="\n\n".join([body % {"count": differences}, *examples]),
    )


def ledger_unproven() -> Text:
    """Return the alarm that the ledger was not proven in time."""
    return Text(
        subject=_("Alarm: the ledger has not been proven"),
        body=_(
            "No proof of the ledger has come to its end for 26 hours. See whether workers and"
            " beat are running, and start one under Points, Proofs in the console."
        ),
    )


def amount_of(definition: CurrencyDefinition, points: int, currency: str, language: str) -> str:
    """Return an amount with its unit: points by name, money as money."""
    if definition.kind is CurrencyKind.MONEY:
        return f"{definition.name(language)} {currency} {points / 100:,.2f}"
    if definition.kind is CurrencyKind.POINTS:
        return ngettext("%(points)s point", "%(points)s points", points) % {"points": f"{points:,}"}
    return f"{definition.name(language)} {points:,}"


def points_expiring(*, lines: Sequence[tuple[str, str]]) -> Text:
    """Return the message that tells what ends when, what ends first first."""
    amount, day = lines[0]
    told = "\n".join(
        _("%(amount)s: good until the end of %(day)s") % {"amount": a, "day": d} for a, d in lines
    )
    return Text(
        subject=_("%(amount)s expire at the end of %(day)s") % {"amount": amount, "day": day},
        body=_("Use them before they are gone:\n%(lines)s") % {"lines": told},
    )


def points_inflated(*, month: str, issued: int, redeemed: int) -> Text:
    """Return the alarm that points are issued and redeemed out of proportion."""
    body = _(
        "In the three months to %(month)s %(issued)s points were issued and %(redeemed)s redeemed,"
        " outside the band that was set. See Points, Points liability in the console."
    )
    return Text(
        subject=_("Alarm: points issued and redeemed have left their band"),
        body=body % {"month": month, "issued": f"{issued:,}", "redeemed": f"{redeemed:,}"},
    )
