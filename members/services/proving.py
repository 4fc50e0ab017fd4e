"""Second proofs: when they are needed, which ones somebody can give, and whether one is right.

What is grave asks `require_step_up`, which is content with a proof of the last five minutes.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, MutableMapping
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError

from config.kernel import crypto
from members import captcha, masking, throttle
from members.errors import StepUpNeededError, WrongCodeError, WrongProofError
from members.models import User
from members.services import requesting, weighing
from members.types import ContactKind, Proof, ProofKind, Purpose, Ticket

FRESH = timedelta(minutes=5)
# Spending more points than this in one go needs a fresh proof.
POINTS_WITHOUT_PROOF = 10_000
_KEPT = "proved"
_METHODS = "account_authentication_methods"
_METHODS_USER = "account_authentication_methods_user"


def require_step_up(*, session: Mapping[str, Any], user_id: int, now: datetime) -> None:
    """Let pass who gave a second proof in the last five minutes.

    Pages and headless calls alike: `session` is the request's. `members.steps` turns the
    refusal into the page that asks for a proof and leads back.

    Raises:
        StepUpNeededError: there is no fresh proof.
    """
    if not has_fresh_proof(session=session, user_id=user_id, now=now):
        raise StepUpNeededError


def require_step_up_to_spend(
    *, session: Mapping[str, Any], user_id: int, points: int, now: datetime
) -> None:
    """Ask for a fresh proof before more than 10,000 points are spent in one go.

    Raises:
        StepUpNeededError: there is no fresh proof.
    """
    if points > POINTS_WITHOUT_PROOF:
        require_step_up(session=session, user_id=user_id, now=now)


def has_fresh_proof(
    *, session: Mapping[str, Any], user_id: int, now: datetime, within: timedelta = FRESH
) -> bool:
    """Tell whether a second proof was given in this session, by default in five minutes."""
    kept = session.get(_KEPT) or {}
    if kept.get("user") == user_id:
        age = now.timestamp() - float(kept.get("at", 0))
        if 0 <= age < within.total_seconds():
            return True
    return _proved_to_allauth(session, user_id)


def _proved_to_allauth(session: Mapping[str, Any], user_id: int) -> bool:
    """Tell whether an app gave a second proof through allauth's own endpoints."""
    if session.get(_METHODS_USER) != str(user_id):
        return False
    # allauth writes these by the real clock, and so they are read.
    latest = time.time() - FRESH.total_seconds()
    return any(
        record.get("method") == "mfa" and float(record.get("at", 0)) > latest
        for record in session.get(_METHODS) or ()
    )


def mark_proved(
    *, session: MutableMapping[str, Any], user_id: int, kind: ProofKind, now: datetime
) -> None:
    """Remember in the session that a second proof was given."""
    session[_KEPT] = {"user": user_id, "by": str(kind), "at": now.timestamp()}


def list_proofs(*, user_id: int, besides: str = "", with_picture: bool = False) -> list[Proof]:
    """Return the second proofs a user can give, the strongest first.

    Whoever has an authenticator app or a passkey proves by these; a code goes to an address
    otherwise, `besides` the one that was proved already. `with_picture`: who has nothing at
    all left reads a picture.
    """
    types = set(Authenticator.objects.filter(user_id=user_id).values_list("type", flat=True))
    found = [Proof(kind=kind) for name, kind in _BY_TYPE if name in types]
    if types & {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
        return found
    found = [p for p in _addresses(user_id) if p.kind != besides]
    return found or ([Proof(kind=ProofKind.PICTURE)] if with_picture else [])


_BY_TYPE = (
    (Authenticator.Type.WEBAUTHN, ProofKind.PASSKEY),
    (Authenticator.Type.TOTP, ProofKind.AUTHENTICATOR),
    (Authenticator.Type.RECOVERY_CODES, ProofKind.RECOVERY),
)


def has_second_proof(*, user_id: int) -> bool:
    """Tell whether a user set up an authenticator app or a passkey."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user_id=user_id, type__in=kinds).exists())


def _addresses(user_id: int) -> list[Proof]:
    user = User.objects.get(pk=user_id)
    found = []
    if user.phone and user.phone_verified:
        found.append(Proof(kind=ProofKind.PHONE, masked=masking.mask_phone(user.phone)))
    if user.email:
        found.append(Proof(kind=ProofKind.EMAIL, masked=masking.mask_email(user.email)))
    return found


def request_proof(
    *,
    user_id: int,
    programme_id: int,
    kind: ContactKind,
    locale: str = "",
    ip: str = "",
    device: str = "",
    now: datetime,
) -> Ticket:
    """Send a code by which a user proves who they are, to an address they have.

    Raises:
        WrongProofError: the user has no such address.
        TooManyCodesError: they, or this network, asked too often.
    """
    user = User.objects.get(pk=user_id)
    address = getattr(user, kind.value)
    if address is None:
        raise WrongProofError
    return requesting.send_to_user(
        user_id=user_id,
        programme_id=programme_id,
        kind=kind,
        address=address,
        purpose=Purpose.PROVE,
        locale=locale,
        ip=ip,
        device=device,
        now=now,
    )


def check_proof(
    *,
    user_id: int,
    kind: ProofKind,
    text: str,
    token: str = "",
    now: datetime,
) -> None:
    """Accept a second proof, or refuse it. Passkeys are checked by `check_passkey`.

    Raises:
        WrongProofError, WrongCodeError: it is not right, or was used before.
        CodeExpiredError: the code that was sent is no longer good.
        TooManyCodesError: too many wrong ones were tried.
    """
    count_try(user_id=user_id, now=now)
    try:
        _check(user_id, kind, text, token, now)
    except (WrongProofError, WrongCodeError):
        weighing.record_failure(user_id=user_id)
        raise


def count_try(*, user_id: int, now: datetime) -> None:
    """Count a try at a proof.

    Raises:
        TooManyCodesError: there were too many.
    """
    who = crypto.blind("throttle-user", str(user_id)).hex()
    throttle.count(throttle.PROOFS_PER_USER, who=who, now=now)


def _check(user_id: int, kind: ProofKind, text: str, token: str, now: datetime) -> None:
    if kind in (ProofKind.AUTHENTICATOR, ProofKind.RECOVERY):
        _check_authenticator(user_id, kind, text)
    elif kind in (ProofKind.PHONE, ProofKind.EMAIL):
        requesting.check_code(
            token=token, code=text, purpose=Purpose.PROVE, user_id=user_id, now=now
        )
    elif kind is not ProofKind.PICTURE or not captcha.is_right(
        captcha.Answer(name=token, text=text)
    ):
        raise WrongProofError


def _check_authenticator(user_id: int, kind: ProofKind, text: str) -> None:
    name = next(name for name, its_kind in _BY_TYPE if its_kind is kind)
    row = Authenticator.objects.filter(user_id=user_id, type=name).first()
    code = "".join(c for c in text if c.isalnum())
    try:
        right = row is not None and row.wrap().validate_code(code)
    except ValidationError:
        right = False
    if not right or row is None:
        raise WrongProofError
    row.record_usage()
