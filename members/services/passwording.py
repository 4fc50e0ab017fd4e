"""A password, for who wants one: set after a fresh proof, and good with phone or e-mail."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from config.kernel import crypto
from members import holders, throttle
from members.errors import AccountClosedError, WeakPasswordError, WrongPasswordError
from members.models import User
from members.services import requesting, securing, weighing
from members.types import SignedIn, Status


@transaction.atomic
def set_password(*, user_id: int, password: str, now: datetime) -> None:
    """Give a user a password, or another one.

    Raises:
        WeakPasswordError: it is too short, or too common.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    try:
        validate_password(password, user=user)
    except ValidationError as exc:
        raise WeakPasswordError(" ".join(exc.messages)) from None
    user.set_password(password)
    user.save(update_fields=["password"])
    securing.tell(user_id=user_id, what="password_changed", now=now)


def sign_in_by_password(
    *,
    programme_id: int,
    address: str,
    password: str,
    region: str = "CN",
    ip: str = "",
    now: datetime,
) -> SignedIn:
    """Find out whose address and password these are. It is the first proof.

    An unknown address, one without a password and a wrong password cost the same work and
    get the same answer.

    Raises:
        InvalidPhoneError, InvalidEmailError: the address cannot exist.
        TooManyCodesError: this network, or this address, was tried too often.
        WrongPasswordError: they do not belong together.
        AccountClosedError: this member may not sign in.
    """
    kind, value = requesting.read_address(text=address, region=region)
    if ip:
        throttle.count(throttle.GUESSES_PER_IP, who=throttle.who(ip), now=now)
    who = crypto.blind("throttle-password", f"{kind}\0{value}").hex()
    throttle.count(throttle.PASSWORDS_PER_ADDRESS, who=who, now=now)
    user = User.objects.filter(**{kind.value: value}, is_staff=False).first()
    if user is None or not user.has_usable_password():
        # As slow as a look at a real one.
        User().set_password(password)
        weighing.record_failure(user_id=user.pk if user else 0)
        raise WrongPasswordError
    if not user.check_password(password):
        weighing.record_failure(user_id=user.pk)
        raise WrongPasswordError
    member = holders.member_of(user_id=user.pk, programme_id=programme_id)
    if member is None:
        raise WrongPasswordError
    if member.status != Status.ACTIVE or not user.is_active:
        raise AccountClosedError
    return SignedIn(user_id=user.pk, member_id=member.pk, created=False, by="password")
