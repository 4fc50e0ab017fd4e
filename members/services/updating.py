"""Changes of a member's profile."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from config.kernel import audit, outbox
from config.kernel.errors import PreconditionFailedError
from members import contacts, keys
from members.errors import BirthdayLockedError, IdentityTakenError, MemberNotFoundError
from members.events import MemberUpdated
from members.models import ContactPoint, Member, User
from members.selectors import public_id
from members.services import enrolling, releasing
from members.types import ContactKind

_PLAIN = ("name", "nickname", "gender", "interests", "locale", "timezone", "home_store_id")
_YEAR = timedelta(days=365)


@transaction.atomic
def update_profile(
    *,
    member_id: int,
    changes: Mapping[str, Any],
    if_version: int | None = None,
    actor: str,
    region: str = "CN",
    now: datetime,
) -> list[str]:
    """Change some of: name, nickname, birthday, gender, interests, locale, timezone, phone, email.

    Returns the names of the fields that changed.

    Raises:
        MemberNotFoundError: there is no such member.
        PreconditionFailedError: the profile is no longer at `if_version`.
        BirthdayLockedError: the birthday was changed within a year.
        InvalidPhoneError, InvalidEmailError: the address cannot exist.
        IdentityTakenError: the phone or e-mail belongs to another member.
    """
    member = Member.objects.select_for_update().filter(pk=member_id).first()
    if member is None:
        raise MemberNotFoundError
    if if_version is not None and member.version != if_version:
        raise PreconditionFailedError
    before = copy(member)
    changed = [
        name for name in _PLAIN if name in changes and getattr(member, name) != changes[name]
    ]
    for name in changed:
        setattr(member, name, changes[name])
    if "birthday" in changes and changes["birthday"] != member.birthday:
        _change_birthday(member, changes["birthday"], now)
        changed.append("birthday")
    for kind in ContactKind:
        if kind.value in changes and _change_contact(
            member, kind, changes[kind.value], region, now
        ):
            changed.append(kind.value)
    if changed:
        _save(member, before, changed, actor, now)
    return changed


@transaction.atomic
def set_plain(*, member_id: int, changes: Mapping[str, Any], actor: str, now: datetime) -> None:
    """Set columns of a profile that were checked before, with history, audit and event.

    Raises:
        MemberNotFoundError: there is no such member.
    """
    member = Member.objects.select_for_update().filter(pk=member_id).first()
    if member is None:
        raise MemberNotFoundError
    before = copy(member)
    for name, value in changes.items():
        setattr(member, name, value)
    _save(member, before, sorted(changes), actor, now)


def _change_birthday(member: Member, birthday: Any, now: datetime) -> None:
    """Set a birthday; the first one is free, then once a year."""
    changed_at = member.birthday_changed_at
    if member.birthday is not None and changed_at is not None and now - changed_at < _YEAR:
        raise BirthdayLockedError
    enrolling.check_birthday(birthday=birthday, now=now)
    if member.birthday is not None:
        member.birthday_changed_at = now
    member.birthday = birthday


def _change_contact(
    member: Member, kind: ContactKind, text: str | None, region: str, now: datetime
) -> bool:
    """Replace the member's address of one kind; the new one is not verified."""
    value = None
    if text:
        is_phone = kind is ContactKind.PHONE
        value = (
            contacts.parse_phone(text, region=region) if is_phone else contacts.parse_email(text)
        )
    row = ContactPoint.objects.filter(member_id=member.pk, kind=kind).first()
    if (row.value if row else None) == value:
        return False
    if row is not None:
        old = keys.key(kind, row.value)
        keys.drop(programme_id=member.programme_id, keys=[old], member_id=member.pk)
        ContactPoint.objects.filter(member_id=member.pk, id=row.pk).delete()
        _stop_signing_in_by(member, kind, row.value)
    if value is None:
        return True
    fresh = keys.key(kind, value)
    if not keys.claim(programme_id=member.programme_id, owners=[(fresh, member.pk)]):
        # One that led to whoever was merged into the member is their own.
        owner = keys.find(programme_id=member.programme_id, keys=[fresh]).get(fresh)
        if owner != member.pk:
            raise IdentityTakenError(owner_id=owner)
    ContactPoint.objects.bulk_create(
        [ContactPoint(member_id=member.pk, kind=kind, value=value, recorded_at=now)]
    )
    return True


def _stop_signing_in_by(member: Member, kind: ContactKind, address: str) -> None:
    if member.user_id is None:
        return
    user = User.objects.filter(pk=member.user_id, **{kind.value: address}).first()
    if user is not None:
        releasing.release_address(user=user, kind=kind)


def _save(member: Member, before: Member, changed: list[str], actor: str, now: datetime) -> None:
    if not Member.history.filter(id=member.pk).exists():
        # Who enrolled has no history: what stood there before the first change begins it.
        Member.history.bulk_history_create([before], default_date=member.joined_at)
    member.version += 1
    # Who changed it, and by which door: read back by `selectors.list_profile_changes`.
    member._change_reason = actor  # type: ignore[attr-defined]
    member._history_date = now  # type: ignore[attr-defined]
    member.save()
    audit.record(
        actor=actor,
        action="members.update_profile",
        target=public_id(member.pk),
        after={"fields": changed},
        now=now,
    )
    outbox.publish(
        MemberUpdated(
            member=public_id(member.pk),
            fields=changed,
            programme_id=member.programme_id,
            member_id=member.pk,
            occurred_at=now,
        ),
        now=now,
    )
