"""Passkeys: added, used to sign in without anything else, used as a second proof, removed.

The challenge lies in the session between the two halves, where allauth keeps it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.exceptions import ValidationError
from django.db import transaction

from members import holders, throttle
from members.errors import AccountClosedError, WrongProofError
from members.models import User
from members.services import binding, proving, securing, weighing
from members.types import SignedIn, Status

_MOST = 10


def _webauthn() -> Any:
    """Return allauth's passkeys, loaded when the first is asked for: no command needs them."""
    from allauth.mfa.webauthn.internal import auth

    return auth


def passkey_options(*, user_id: int) -> dict[str, Any]:
    """Return what a browser needs to make a passkey for a user."""
    user = User.objects.get(pk=user_id)
    options: dict[str, Any] = _webauthn().begin_registration(user, passwordless=True)
    return options


def add_passkey(*, user_id: int, name: str, credential: Any, now: datetime) -> None:
    """Keep the passkey that a browser made.

    Raises:
        WrongProofError: it does not answer the challenge, or there are ten already.
    """
    auth = _webauthn()
    try:
        auth.parse_registration_response(credential)
        auth.complete_registration(credential)
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
        raise WrongProofError from None
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        kind = Authenticator.Type.WEBAUTHN
        if Authenticator.objects.filter(user_id=user_id, type=kind).count() >= _MOST:
            raise WrongProofError
        auth.WebAuthn.add(user, name.strip()[:60], credential)
        RecoveryCodes.activate(user)
        securing.tell(user_id=user_id, what="passkey_added", now=now)


@transaction.atomic
def remove_passkey(*, user_id: int, passkey_id: int, now: datetime) -> None:
    """Take a passkey away.

    Raises:
        LastWayInError: nothing else would sign the user in.
    """
    User.objects.select_for_update().get(pk=user_id)
    kind = Authenticator.Type.WEBAUTHN
    rows = Authenticator.objects.filter(user_id=user_id, pk=passkey_id, type=kind)
    if not rows.delete()[0]:
        return
    binding.keep_a_way_in(user_id=user_id)
    securing.drop_lonely_codes(user_id=user_id)
    securing.tell(user_id=user_id, what="passkey_removed", now=now)


def sign_in_options(*, ip: str, now: datetime) -> dict[str, Any]:
    """Return what a browser needs to offer the passkeys it has for this site.

    Raises:
        TooManyCodesError: this network asks too often.
    """
    if ip:
        throttle.count(throttle.GUESSES_PER_IP, who=throttle.who(ip), now=now)
    options: dict[str, Any] = _webauthn().begin_authentication()
    return options


def sign_in_by_passkey(*, credential: Any, programme_id: int, now: datetime) -> SignedIn:
    """Find out who holds the passkey that answered.

    Raises:
        WrongProofError: it answers no challenge of ours, or belongs to nobody here.
        AccountClosedError: this member may not sign in.
    """
    auth = _webauthn()
    try:
        auth.parse_authentication_response(credential)
        user = auth.extract_user_from_response(credential)
        row = auth.complete_authentication(user, credential)
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
        raise WrongProofError from None
    member = holders.member_of(user_id=user.pk, programme_id=programme_id)
    if member is None:
        raise WrongProofError
    if member.status != Status.ACTIVE or not user.is_active or user.is_staff:
        raise AccountClosedError
    row.record_usage()
    return SignedIn(user_id=user.pk, member_id=member.pk, created=False, by="passkey")


def proof_options(*, user_id: int) -> dict[str, Any]:
    """Return what a browser needs to prove by one of a user's passkeys."""
    options: dict[str, Any] = _webauthn().begin_authentication(User.objects.get(pk=user_id))
    return options


def check_passkey(*, user_id: int, credential: Any, now: datetime) -> None:
    """Accept a passkey as second proof, or refuse it.

    Raises:
        WrongProofError: it is none of the user's, or answers another challenge.
        TooManyCodesError: too many were tried.
    """
    proving.count_try(user_id=user_id, now=now)
    auth = _webauthn()
    try:
        auth.parse_authentication_response(credential)
        row = auth.complete_authentication(User.objects.get(pk=user_id), credential)
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
        weighing.record_failure(user_id=user_id)
        raise WrongProofError from None
    row.record_usage()
