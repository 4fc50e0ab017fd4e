"""Keep allauth's own tables encrypted: e-mail addresses, second proofs, networks of sessions.

allauth finds addresses by equality only, which a sealed field can answer, so the library's
flows work on it unchanged. Columns and unique constraints are replaced before any query;
the migrations by those of `members.account`. See docs/adr on what a dump may show.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import models

from config.kernel.fields import EncryptedJSONField, EncryptedTextField
from config.kernel.sealed import BlindOf, SealedTextField


def seal() -> None:
    """Replace the columns (once, while models are loaded)."""
    _seal_addresses()
    _replace(Authenticator, "data", EncryptedJSONField())
    _replace(UserSession, "ip", EncryptedTextField(null=True))
    _replace(UserSession, "user_agent", EncryptedTextField(null=True))


def _replace(model: type[models.Model], name: str, sealed: EncryptedTextField) -> None:
    options: Any = model._meta
    plain = options.get_field(name)
    if isinstance(plain, EncryptedTextField):
        return
    options.local_fields.remove(plain)
    delattr(model, name)
    model.add_to_class(name, sealed)


def _seal_addresses() -> None:
    options = EmailAddress._meta
    plain = options.get_field("email")
    if isinstance(plain, SealedTextField):
        return
    options.local_fields.remove(plain)
    sealed = SealedTextField(kind="email", verbose_name=plain.verbose_name)
    del EmailAddress.email
    EmailAddress.add_to_class("email", sealed)
    options.unique_together = ()
    options.original_attrs.pop("unique_together", None)
    options.constraints = [
        models.UniqueConstraint(
            fields=["user", "primary"],
            name="unique_primary_email",
            condition=models.Q(primary=True),
        ),
        models.UniqueConstraint(models.F("user"), BlindOf("email"), name="unique_email_of_user"),
        models.UniqueConstraint(
            BlindOf("email"), name="unique_verified_email", condition=models.Q(verified=True)
        ),
    ]
    options.original_attrs["constraints"] = options.constraints
