"""Check a sign-in code, and find or make the member it proves.

A verified phone or e-mail attaches to the member who was enrolled with it and never
makes a second one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.db.models import F

from config.kernel import crypto
from members import keys, throttle
from members.errors import (
    AccountClosedError,
    ConsentMissingError,
)
from members.models import Consent as ConsentRow
from members.models import ContactPoint, Member, SignInTicket, User
from members.services import enrolling, releasing, requesting
from members.types import Consent, ContactKind, Enrolled, Purpose, SignedIn, Status

TERMS = "terms"


def confirm_code(
    *,
    token: str,
    code: str,
    storefront_id: int | None = None,
    terms_version: str = "",
    agreed: bool = False,
    locale: str = "",
    attribution: Mapping[str, str] | None = None,
    ip: str = "",
    now: datetime,
) -> SignedIn:
    """Find out who holds the code; someone new becomes a member.

    It is the first proof: `members.entering` says whether a second one is asked for.

    Every guess is counted before it is looked at, in a transaction of its own.

    Raises:
        TooManyCodesError: this network guesses too often.
        CodeExpiredError: the code was used, tried five times, or is older than 5 minutes.
        WrongCodeError: it is another code.
        ConsentMissingError: the code is right, but the terms are not agreed to yet; the
            code stays good.
        AccountClosedError: this member may not sign in.
    """
    if ip:
        throttle.count(throttle.GUESSES_PER_IP, who=throttle.who(ip), now=now)
    ticket = requesting.guess(token=token, code=code, purpose=Purpose.SIGN_IN, now=now)
    with transaction.atomic():
        _take_turns(ticket)
        member = _find_member(ticket)
        if terms_version and not agreed and not _has_agreed(member):
            _return_guess(ticket)
            needs_consent = True
        else:
            needs_consent = False
            requesting.use_up(ticket=ticket, now=now)
            consents = (
                [Consent(purpose=TERMS, policy_version=terms_version)]
                if terms_version and agreed
                else []
            )
            enrolled = _enrol(ticket, storefront_id, consents, locale, attribution, now)
            user = _attach_user(enrolled.member_id, ticket, now)
    if needs_consent:
        raise ConsentMissingError
    return SignedIn(
        user_id=user.pk,
        member_id=enrolled.member_id,
        created=enrolled.created,
        by=ticket.kind,
    )


@transaction.atomic
def sign_in_proved(
    *,
    programme_id: int,
    kind: ContactKind,
    address: str,
    storefront_id: int | None = None,
    terms_version: str = "",
    locale: str = "",
    attribution: Mapping[str, str] | None = None,
    now: datetime,
) -> SignedIn:
    """Sign in by an address that somebody we trust has proved; the terms are agreed to.

    Raises:
        AccountClosedError: this member may not sign in.
    """
    ticket = SignInTicket(programme_id=programme_id, kind=kind, address=address)
    _take_turns(ticket)
    consents = [Consent(purpose=TERMS, policy_version=terms_version)] if terms_version else []
    enrolled = _enrol(ticket, storefront_id, consents, locale, attribution, now)
    user = _attach_user(enrolled.member_id, ticket, now)
    return SignedIn(
        user_id=user.pk, member_id=enrolled.member_id, created=enrolled.created, by=kind
    )


def _return_guess(ticket: SignInTicket) -> None:
    SignInTicket.objects.filter(pk=ticket.pk, tries__gt=0).update(tries=F("tries") - 1)


def _take_turns(ticket: SignInTicket) -> None:
    """Let two sign-ins by the same address go one after the other."""
    blind = crypto.blind("sign-in", f"{ticket.kind}\0{ticket.address}")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(blind[:8], "big", signed=True)]
        )


def _find_member(ticket: SignInTicket) -> Member | None:
    """Return the member with this address. The key map alone decides: a number that a
    member gave up may belong to someone else by now."""
    wanted = keys.key(ticket.kind, ticket.address)
    found = keys.find(programme_id=ticket.programme_id, keys=[wanted]).get(wanted)
    return None if found is None else Member.objects.get(pk=found)


def _find_user(ticket: SignInTicket) -> User | None:
    """Return the user who proved this address in another programme, or before.

    A user who is someone else in this programme by now loses the address to the newcomer.
    """
    user = User.objects.filter(**{ticket.kind: ticket.address}).first()
    if (
        user is None
        or not Member.objects.filter(user=user, programme_id=ticket.programme_id).exists()
    ):
        return user
    releasing.release_address(user=user, kind=ContactKind(ticket.kind))
    return None


def _has_agreed(member: Member | None) -> bool:
    """Tell whether a member agreed to the terms, in whatever version.

    A newer version is asked for on the pages; it keeps nobody out of their membership.
    """
    return (
        member is not None
        and ConsentRow.objects.filter(
            member_id=member.pk, purpose=TERMS, withdrawn_at__isnull=True
        ).exists()
    )


def _enrol(
    ticket: SignInTicket,
    storefront_id: int | None,
    consents: list[Consent],
    locale: str,
    attribution: Mapping[str, str] | None,
    now: datetime,
) -> Enrolled:
    by_phone = ticket.kind == ContactKind.PHONE
    return enrolling.enrol(
        programme_id=ticket.programme_id,
        storefront_id=storefront_id,
        phone=ticket.address if by_phone else None,
        email=None if by_phone else ticket.address,
        locale=locale,
        attribution=attribution,
        consents=consents,
        now=now,
    )


def _attach_user(member_id: int, ticket: SignInTicket, now: datetime) -> User:
    """Give the member the user who proved the address; mark the address as proved."""
    member = Member.objects.select_for_update().get(pk=member_id)
    if member.status != Status.ACTIVE:
        raise AccountClosedError
    user = User.objects.get(pk=member.user_id) if member.user_id else _find_user(ticket)
    if user is None:
        user = User.objects.create_user()
    if user.is_staff or not user.is_active:
        # A code by SMS must never open the console.
        raise AccountClosedError
    if member.user_id is None:
        Member.objects.filter(pk=member_id).update(user=user)
    # A number that came with a merged account proves nothing about the member's own.
    ContactPoint.objects.filter(
        member_id=member_id, kind=ticket.kind, value=ticket.address, verified_at__isnull=True
    ).update(verified_at=now)
    _keep_address(user, ticket)
    return user


def _keep_address(user: User, ticket: SignInTicket) -> None:
    """Keep the proved address where allauth's flows look for it."""
    current = getattr(user, ticket.kind)
    if current is not None and current != ticket.address:
        return
    if current is None:
        owner = User.objects.filter(**{ticket.kind: ticket.address}).first()
        if owner is not None and owner.is_staff:
            return
        if owner is not None:
            releasing.release_address(user=owner, kind=ContactKind(ticket.kind))
        setattr(user, ticket.kind, ticket.address)
        user.phone_verified = user.phone is not None
        user.save(update_fields=["phone", "phone_verified", "email"])
    if ticket.kind == ContactKind.EMAIL:
        EmailAddress.objects.update_or_create(
            user=user, email=ticket.address, defaults={"verified": True, "primary": True}
        )
