"""Real-name verification: once, for good, and one ID number for one member of a programme."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.db import transaction
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from config.kernel import audit, crypto
from members import keys, masking, realname, throttle
from members.errors import (
    IdNumberTakenError,
    InvalidIdNumberError,
    InvalidRealNameError,
    MemberNotFoundError,
    RealNameLockedError,
    RealNameRefusedError,
)
from members.models import Member, RealName
from members.services import securing
from members.types import VerifiedName

_NAME = re.compile(r"[㐀-鿿\U00020000-\U000323af](?:[·•㐀-鿿\U00020000-\U000323af]{1,29})")
_LATIN = re.compile(r"[^\W\d_][^\W\d_ .'’-]*(?:[ .'’-]+[^\W\d_]+)*\.?")
_KEY = "id_card"
_OLDEST = 130


def read_id_number(*, text: str, today: date) -> str:
    """Return an 18-character resident ID number, written one way.

    Raises:
        InvalidIdNumberError: length, region, birth date or check character is wrong.
    """
    try:
        number = str(ric.validate(text.translate(_WIDE).replace(" ", "")))
        born: date = ric.get_birth_date(number)
        ric.get_birth_place(number)
    except (ValidationError, ValueError):
        raise InvalidIdNumberError from None
    if not today.year - _OLDEST <= born.year or born > today:
        raise InvalidIdNumberError
    return number


# Full-width digits and letters, as Chinese input methods write them.
_WIDE = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20}


def read_real_name(*, text: str) -> str:
    """Return a name as it stands on an ID card, the dot of long names written one way.

    Raises:
        InvalidRealNameError: this cannot be a name.
    """
    name = " ".join(text.split()).replace("•", "·").replace("・", "·")
    if len(name) > 60 or not (_NAME.fullmatch(name) or (len(name) > 1 and _LATIN.fullmatch(name))):
        raise InvalidRealNameError
    return name


def verify_real_name(*, member_id: int, name: str, id_number: str, now: datetime) -> VerifiedName:
    """Confirm who a member is; afterwards it cannot be changed.

    Raises:
        MemberNotFoundError: there is no such member.
        InvalidRealNameError, InvalidIdNumberError: the form is wrong.
        RealNameLockedError: the member is verified already.
        TooManyCodesError: too many tries today.
        IdNumberTakenError: another member is verified with this number.
        RealNameRefusedError: the provider says that they do not belong together.
    """
    real_name = read_real_name(text=name)
    number = read_id_number(text=id_number, today=now.date())
    who = crypto.blind("throttle-real-name", str(member_id)).hex()
    throttle.count(throttle.REAL_NAMES_PER_MEMBER, who=who, now=now)
    if RealName.objects.filter(member_id=member_id).exists():
        raise RealNameLockedError
    provider = realname.verifier()
    verdict = provider.verify(name=real_name, id_number=number)
    if not verdict.matches:
        raise RealNameRefusedError
    with transaction.atomic():
        member = _lock(member_id)
        wanted = keys.key(_KEY, number)
        if not keys.claim(programme_id=member.programme_id, owners=[(wanted, member_id)]):
            raise IdNumberTakenError
        RealName.objects.bulk_create(
            [
                RealName(
                    member_id=member_id,
                    name=real_name,
                    id_number=number,
                    provider=provider.name,
                    is_asked=verdict.asked,
                    verified_at=now,
                )
            ]
        )
        Member.objects.filter(pk=member_id).update(name=real_name, version=member.version + 1)
        audit.record(
            actor=f"member:{member_id}",
            action="members.real_name_verified",
            target=f"member:{member_id}",
            after={"provider": provider.name, "asked": verdict.asked},
            now=now,
        )
        if member.user_id is not None:
            securing.tell(user_id=member.user_id, what="real_name_verified", now=now)
    return as_verified(RealName.objects.get(member_id=member_id))


def _lock(member_id: int) -> Member:
    """Lock the member, and find out under the lock that a twin was not quicker."""
    member = Member.objects.select_for_update().filter(pk=member_id).first()
    if member is None:
        raise MemberNotFoundError
    if RealName.objects.filter(member_id=member_id).exists():
        raise RealNameLockedError
    return member


def as_verified(row: RealName) -> VerifiedName:
    """Return a verified name, masked but for what the member asked to see."""
    return VerifiedName(
        name=row.name,
        name_masked=masking.mask_name(row.name),
        id_number=row.id_number,
        id_masked=masking.mask_id_number(row.id_number),
        born_on=ric.get_birth_date(row.id_number),
        place=_place(row.id_number),
        provider=row.provider,
        is_asked=row.is_asked,
        verified_at=row.verified_at,
    )


def _place(number: str) -> str:
    found = ric.get_birth_place(number)
    parts = [found.get("province"), found.get("county")]
    return " ".join(part for part in parts if part)


def find_real_name(*, member_id: int) -> VerifiedName | None:
    """Return the verified name of a member, if they have one."""
    row = RealName.objects.filter(member_id=member_id).first()
    return None if row is None else as_verified(row)
