"""What members add to keep their account safe: authenticator app, recovery codes, addresses.

Who calls these has asked for a fresh proof (`require_step_up`) at the edge, where the
session is.
"""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.db import IntegrityError, transaction

from config.kernel import audit, outbox
from members import holders
from members.errors import IdentityTakenError, WrongProofError
from members.events import SecurityChanged
from members.models import ContactPoint, Member, User
from members.services import proving, releasing, requesting, updating
from members.types import ContactKind, Purpose, Ticket


def make_secret() -> str:
    """Return a new secret for an authenticator app, to be shown and then proved."""
    secret: str = generate_totp_secret()
    return secret


def add_authenticator(*, user_id: int, secret: str, code: str, now: datetime) -> None:
    """Bind an authenticator app that shows the right code for the secret.

    Raises:
        WrongProofError: the code is not the app's, or there is an app already.
        TooManyCodesError: too many codes were tried.
    """
    proving.count_try(user_id=user_id, now=now)
    digits = "".join(c for c in code if c.isdecimal())
    if not validate_totp_code(secret, digits):
        raise WrongProofError
    user = User.objects.get(pk=user_id)
    try:
        with transaction.atomic():
            TOTP.activate(user, secret)
            RecoveryCodes.activate(user)
            tell(user_id=user_id, what="authenticator_added", now=now)
    except IntegrityError:
        raise WrongProofError from None


@transaction.atomic
def remove_authenticator(*, user_id: int, now: datetime) -> None:
    """Take the authenticator app away, and with the last proof the recovery codes."""
    gone = Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).delete()[0]
    if gone:
        drop_lonely_codes(user_id=user_id)
        tell(user_id=user_id, what="authenticator_removed", now=now)


def drop_lonely_codes(*, user_id: int) -> None:
    """Delete recovery codes that stand in for nothing any more."""
    if not proving.has_second_proof(user_id=user_id):
        Authenticator.objects.filter(user_id=user_id).delete()


def list_recovery_codes(*, user_id: int) -> list[str]:
    """Return the codes that were not used yet."""
    row = _codes(user_id)
    unused: list[str] = row.wrap().get_unused_codes() if row else []
    return unused


@transaction.atomic
def renew_recovery_codes(*, user_id: int, now: datetime) -> None:
    """Make new recovery codes; the old ones stop working."""
    if not proving.has_second_proof(user_id=user_id):
        return
    Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(User.objects.get(pk=user_id))
    tell(user_id=user_id, what="recovery_codes_renewed", now=now)


def _codes(user_id: int) -> Authenticator | None:
    kind = Authenticator.Type.RECOVERY_CODES
    return Authenticator.objects.filter(user_id=user_id, type=kind).first()


def request_change(
    *,
    user_id: int,
    member_id: int,
    text: str,
    region: str = "CN",
    locale: str = "",
    ip: str = "",
    device: str = "",
    now: datetime,
) -> Ticket:
    """Send a code to the phone number or e-mail address that a member wants to change to.

    An address that belongs to somebody else gets its code too: who asks learns nothing.

    Raises:
        InvalidPhoneError, InvalidEmailError: the address cannot exist.
        TooManyCodesError: too many were asked for.
    """
    kind, address = requesting.read_address(text=text, region=region)
    member = Member.objects.get(pk=member_id)
    return requesting.send_to_user(
        user_id=user_id,
        programme_id=member.programme_id,
        kind=kind,
        address=address,
        purpose=Purpose.CHANGE,
        locale=locale,
        ip=ip,
        device=device,
        now=now,
    )


def confirm_change(
    *, user_id: int, member_id: int, token: str, code: str, now: datetime
) -> ContactKind:
    """Change to the address that a code proves; from now on it signs in, the old one no more.

    Raises:
        CodeExpiredError, WrongCodeError: see `check_code`.
        IdentityTakenError: it belongs to another member.
    """
    kind, address = requesting.check_code(
        token=token, code=code, purpose=Purpose.CHANGE, user_id=user_id, now=now
    )
    with transaction.atomic():
        updating.update_profile(
            member_id=member_id, changes={kind.value: address}, actor=f"user:{user_id}", now=now
        )
        ContactPoint.objects.filter(member_id=member_id, kind=kind).update(verified_at=now)
        _sign_in_by(user_id, kind, address)
        tell(user_id=user_id, what=f"{kind.value}_changed", now=now)
    return kind


def _sign_in_by(user_id: int, kind: ContactKind, address: str) -> None:
    """Let a user sign in by a proved address. Nobody else does: the member has it now."""
    owner = User.objects.filter(**{kind.value: address}).exclude(pk=user_id).first()
    if owner is not None and owner.is_staff:
        raise IdentityTakenError
    if owner is not None:
        releasing.release_address(user=owner, kind=kind)
    user = User.objects.select_for_update().get(pk=user_id)
    setattr(user, kind.value, address)
    user.phone_verified = user.phone is not None
    user.save(update_fields=["phone", "phone_verified", "email"])
    if kind is ContactKind.EMAIL:
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)


def tell(*, user_id: int, what: str, now: datetime) -> None:
    """Write down that a way in or a proof changed, and tell the member of each programme."""
    audit.record(
        actor=f"user:{user_id}", action=f"members.{what}", target=f"user:{user_id}", now=now
    )
    rows = holders.members_of(user_id=user_id)
    outbox.publish_all(
        [
            SecurityChanged(
                what=what, programme_id=row.programme_id, member_id=row.pk, occurred_at=now
            )
            for row in rows
        ],
        now=now,
    )
