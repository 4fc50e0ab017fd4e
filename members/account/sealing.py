"""Keep allauth's own table of e-mail addresses encrypted.

allauth finds addresses by equality only, which a sealed field can answer, so the library's
flows work on it unchanged. Its column and unique constraints are replaced before any query;
its migrations by `members.account.migrations`. See docs/adr on what a dump may show.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import models

from config.kernel.sealed import BlindOf, SealedTextField


def seal() -> None:
    """Replace the model's `email` by a sealed field (once, while models are loaded)."""
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
