"""Accounts elsewhere as ways in: found, bound, unbound, and the last way in always kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from config.kernel import crypto
from members import holders, keys
from members.errors import (
    AccountClosedError,
    ConsentMissingError,
    IdentityTakenError,
    LastWayInError,
)
from members.models import Member, SocialAccount, User
from members.services import confirming, enrolling, securing
from members.services.confirming import TERMS
from members.social.base import Person
from members.types import Consent, ContactKind, SignedIn, Status


def find_social(*, person: Person, programme_id: int, now: datetime) -> SignedIn | None:
    """Return whom an account elsewhere signs in; the subject over all apps decides.

    Raises:
        AccountClosedError: this member may not sign in.
    """
    user_id = _find_user(person)
    if user_id is None:
        return None
    member = holders.member_of(user_id=user_id, programme_id=programme_id)
    if member is None:
        return None
    if member.status != Status.ACTIVE or not _may_sign_in(user_id):
        raise AccountClosedError
    with transaction.atomic():
        # A subject that was not known yet: the account met the shop's other app.
        _write(user_id, person, now)
    return SignedIn(user_id=user_id, member_id=member.pk, created=False, by=person.provider)


def _may_sign_in(user_id: int) -> bool:
    return User.objects.filter(pk=user_id, is_active=True, is_staff=False).exists()


def _find_user(person: Person) -> int | None:
    blinds = [_blind(person.provider, subject) for subject in person.subjects]
    rows = SocialAccount.objects.filter(provider=person.provider, blind__in=blinds)
    owners = {bytes(row.blind): row.user_id for row in rows}
    return next((owners[blind] for blind in blinds if blind in owners), None)


def _blind(provider: str, subject: str) -> bytes:
    return crypto.blind(f"social.{provider}", subject)


@transaction.atomic
def join_by_social(
    *,
    person: Person,
    programme_id: int,
    storefront_id: int | None = None,
    phone: str | None = None,
    terms_version: str = "",
    agreed: bool = False,
    locale: str = "",
    attribution: Mapping[str, str] | None = None,
    now: datetime,
) -> SignedIn:
    """Make a member of somebody whom an account elsewhere names.

    `phone` is a number that the provider itself has proved: it finds the member they are.

    A member whom a storefront enrolled under the same id is found, unless somebody signs in
    as them already: then a phone or e-mail must prove it.

    Raises:
        ConsentMissingError: the terms are not agreed to.
        IdentityTakenError: somebody signs in as that member in another way.
    """
    if terms_version and not agreed:
        raise ConsentMissingError
    known = find_social(person=person, programme_id=programme_id, now=now)
    if known is not None:
        return known
    if phone is not None:
        return _join_by_phone(
            person, phone, programme_id, storefront_id, terms_version, locale, attribution, now
        )
    external = person.subjects[0].rpartition(":")[2]
    enrolled = enrolling.enrol(
        programme_id=programme_id,
        storefront_id=storefront_id,
        external_id=external,
        channel=person.provider,
        nickname=person.nickname[:64],
        locale=locale,
        attribution=attribution,
        consents=[Consent(purpose=TERMS, policy_version=terms_version)] if terms_version else [],
        now=now,
    )
    member = Member.objects.select_for_update().get(pk=enrolled.member_id)
    if member.user_id is not None or member.status != Status.ACTIVE:
        raise IdentityTakenError
    user_id = _find_user(person)
    user = User.objects.get(pk=user_id) if user_id else User.objects.create_user()
    Member.objects.filter(pk=member.pk).update(user=user)
    _write(user.pk, person, now)
    return SignedIn(
        user_id=user.pk, member_id=member.pk, created=enrolled.created, by=person.provider
    )


def _join_by_phone(
    person: Person,
    phone: str,
    programme_id: int,
    storefront_id: int | None,
    terms_version: str,
    locale: str,
    attribution: Mapping[str, str] | None,
    now: datetime,
) -> SignedIn:
    """Sign in by a number as if its code had been entered, then bind the account."""
    signed_in = confirming.sign_in_proved(
        programme_id=programme_id,
        kind=ContactKind.PHONE,
        address=phone,
        storefront_id=storefront_id,
        terms_version=terms_version,
        locale=locale,
        attribution=attribution,
        now=now,
    )
    bind_social(user_id=signed_in.user_id, person=person, now=now)
    return replace(signed_in, by=person.provider)


@transaction.atomic
def bind_social(*, user_id: int, person: Person, now: datetime) -> None:
    """Let an account elsewhere sign a user in.

    Raises:
        IdentityTakenError: it signs somebody else in.
    """
    User.objects.select_for_update().get(pk=user_id)
    owner = _find_user(person)
    if owner not in (None, user_id):
        raise IdentityTakenError
    if not _write(user_id, person, now):
        return
    external = keys.external_key(person.provider, person.subjects[0].rpartition(":")[2])
    for member in holders.members_of(user_id=user_id):
        # Storefronts find the member by it too; whose it is already keeps it.
        keys.claim(programme_id=member.programme_id, owners=[(external, member.pk)])
    securing.tell(user_id=user_id, what="social_bound", now=now)


def _write(user_id: int, person: Person, now: datetime) -> bool:
    """Write down subjects that are new; return whether there were any."""
    blinds = {_blind(person.provider, subject): subject for subject in person.subjects}
    known = SocialAccount.objects.filter(provider=person.provider, blind__in=list(blinds))
    mine: set[bytes] = {bytes(row.blind) for row in known}
    rows = [
        SocialAccount(
            user_id=user_id,
            provider=person.provider,
            blind=blind,
            subject=subject,
            nickname=person.nickname or None,
            bound_at=now,
        )
        for blind, subject in blinds.items()
        if blind not in mine
    ]
    SocialAccount.objects.bulk_create(rows, ignore_conflicts=True)
    return bool(rows)


@transaction.atomic
def unbind_social(*, user_id: int, provider: str, now: datetime) -> None:
    """Take an account elsewhere away.

    Raises:
        LastWayInError: nothing else would sign the user in.
    """
    # Two at once wait for each other here, and the second one sees what the first took.
    User.objects.select_for_update().get(pk=user_id)
    rows = SocialAccount.objects.filter(user_id=user_id, provider=provider)
    subjects = [(row.provider, row.subject) for row in rows]
    if not subjects:
        return
    rows.delete()
    keep_a_way_in(user_id=user_id)
    _free_keys(user_id, subjects)
    securing.tell(user_id=user_id, what="social_unbound", now=now)


def _free_keys(user_id: int, subjects: Sequence[tuple[str, str]]) -> None:
    found = [
        keys.external_key(provider, subject.rpartition(":")[2]) for provider, subject in subjects
    ]
    for member in holders.members_of(user_id=user_id):
        keys.drop(programme_id=member.programme_id, keys=found, member_id=member.pk)


def keep_a_way_in(*, user_id: int) -> None:
    """Refuse what would leave nobody able to sign in. The user's row is locked by the caller.

    Raises:
        LastWayInError: neither a proved address, an account elsewhere nor a passkey is left.
    """
    user = User.objects.get(pk=user_id)
    if (user.phone and user.phone_verified) or user.email:
        return
    if SocialAccount.objects.filter(user_id=user_id).exists():
        return
    if Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.WEBAUTHN).exists():
        return
    raise LastWayInError
