"""Signing in: codes, attempts, accounts elsewhere, and allauth's own tables."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from config.kernel import personal
from config.kernel.privacy import Erase, Grade, classify, impersonal
from members.privacy.reasons import MEMBERSHIP, REACH


def _tickets() -> None:
    impersonal("members.SignInTicket", "id", "programme_id", "kind", "tries")
    impersonal("members.SignInTicket", "sent_at", "expires_at", "used_at", "purpose", "user_id")
    for secret in ("token", "code_hash"):
        classify(
            "members.SignInTicket",
            secret,
            grade=Grade.SECRET,
            purpose=_("to check a sign-in code; the code is a keyed hash"),
            retention=_("a day"),
            erase=Erase.DELETE_ROW,
        )
    classify(
        "members.SignInTicket",
        "address",
        grade=Grade.DIRECT,
        purpose=_("to know whom the code proves"),
        retention=_("a day"),
        erase=Erase.DELETE_ROW,
        exported=False,
    )


def _attempts() -> None:
    model = "members.SignInAttempt"
    impersonal(model, "id", "user_id", "member_id", "programme_id")
    about = _("to notice a sign-in that is not the member's")
    for field, grade in (
        ("by", Grade.LINKED),
        ("outcome", Grade.LINKED),
        ("risk", Grade.LINKED),
        ("reasons", Grade.LINKED),
        ("occurred_at", Grade.LINKED),
        ("ip", Grade.DIRECT),
        ("agent", Grade.DIRECT),
    ):
        classify(
            model,
            field,
            grade=grade,
            purpose=about,
            retention=_("180 days"),
            erase=Erase.DELETE_ROW,
        )
    classify(
        model,
        "device",
        "network",
        grade=Grade.DIRECT,
        purpose=_("to notice a sign-in that is not the member's; keyed hashes"),
        retention=_("180 days"),
        erase=Erase.DELETE_ROW,
        exported=False,
    )


def _socials() -> None:
    model = "members.SocialAccount"
    impersonal(model, "id", "user_id", "provider", "bound_at")
    for field, exported in (("subject", True), ("nickname", True), ("blind", False)):
        classify(
            model,
            field,
            grade=Grade.DIRECT,
            purpose=_("to sign in with an account elsewhere"),
            retention=_("until it is unbound"),
            erase=Erase.DELETE_ROW,
            exported=exported,
        )


def _library_tables() -> None:
    """allauth's own tables, which hold what is as personal as ours."""
    impersonal("mfa.Authenticator", "id", "user", "type", "created_at", "last_used_at")
    classify(
        "mfa.Authenticator",
        "data",
        grade=Grade.SECRET,
        purpose=_("to check a second proof"),
        retention=_("until it is removed"),
        erase=Erase.DELETE_ROW,
    )
    model = "usersessions.UserSession"
    impersonal(model, "id", "user", "data")
    classify(
        model,
        "created_at",
        "last_seen_at",
        grade=Grade.LINKED,
        purpose=_("to show the member where they are signed in"),
        retention=_("until the session ends"),
        erase=Erase.DELETE_ROW,
    )
    classify(
        model,
        "ip",
        "user_agent",
        grade=Grade.DIRECT,
        purpose=_("to show the member where they are signed in"),
        retention=_("until the session ends"),
        erase=Erase.DELETE_ROW,
    )
    classify(
        model,
        "session_key",
        grade=Grade.SECRET,
        purpose=_("to end the session from afar"),
        retention=_("until the session ends"),
        erase=Erase.DELETE_ROW,
    )
    for name in ("EmailAddress", "EmailConfirmation"):
        impersonal(f"account.{name}", "id")
    impersonal("account.EmailAddress", "user", "verified", "primary")
    impersonal("account.EmailConfirmation", "email_address", "created", "sent")
    personal.leads("account.EmailConfirmation", user=("email_address__user_id",))
    classify(
        "account.EmailAddress",
        "email",
        grade=Grade.DIRECT,
        purpose=REACH,
        retention=MEMBERSHIP,
        erase=Erase.DELETE_ROW,
    )
    classify(
        "account.EmailConfirmation",
        "key",
        grade=Grade.SECRET,
        purpose=_("to confirm an address; not used by our own flows"),
        retention=_("a day"),
        erase=Erase.DELETE_ROW,
    )


def declare() -> None:
    """Classify these columns."""
    _tickets()
    _attempts()
    _socials()
    _library_tables()
