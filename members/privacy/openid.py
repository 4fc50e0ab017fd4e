"""What allauth's OpenID provider keeps: apps, and what members allowed to them."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from config.kernel.privacy import Erase, Grade, classify, impersonal

_WHY = _("to let an app the member allowed know them")
_UNTIL = _("until it ends or is taken back")


def declare() -> None:
    """Classify these columns."""
    impersonal(
        "allauth_idp_oidc.Client",
        *("id", "name", "scopes", "default_scopes", "type", "grant_types", "redirect_uris"),
        *("cors_origins", "allow_uri_wildcards", "response_types", "owner", "skip_consent"),
        *("created_at", "data"),
    )
    classify(
        "allauth_idp_oidc.Client",
        "secret",
        grade=Grade.SECRET,
        purpose=_("to know an app by its secret; a hash"),
        retention=_("as long as the app"),
        erase=Erase.KEEP,
    )
    impersonal("allauth_idp_oidc.Token", "id", "type", "user")
    classify(
        "allauth_idp_oidc.Token",
        *("client", "created_at", "expires_at", "scopes"),
        grade=Grade.LINKED,
        purpose=_WHY,
        retention=_UNTIL,
        erase=Erase.DELETE_ROW,
    )
    classify(
        "allauth_idp_oidc.Token",
        *("hash", "data"),
        grade=Grade.SECRET,
        purpose=_WHY,
        retention=_UNTIL,
        erase=Erase.DELETE_ROW,
    )
