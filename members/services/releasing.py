"""Take an address away from a user who no longer has it."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from members.models import User
from members.types import ContactKind


def release_address(*, user: User, kind: ContactKind) -> None:
    """Forget a user's phone number or e-mail address; they cannot sign in by it any more."""
    if kind is ContactKind.EMAIL:
        EmailAddress.objects.filter(user=user).delete()
        user.email = None
    else:
        user.phone, user.phone_verified = None, False
    user.save(update_fields=["phone", "phone_verified", "email"])
