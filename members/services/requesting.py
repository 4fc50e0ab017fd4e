"""Send a sign-in code. Known and unknown addresses get the same answer."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.core.cache import cache
from django.db import transaction
from django.db.models import F

from config.kernel import audit, crypto, outbox
from members import captcha, contacts, masking, throttle
from members.errors import (
    BudgetSpentError,
    CodeExpiredError,
    PictureNeededError,
    TooManyCodesError,
    WrongCodeError,
    WrongPictureError,
)
from members.events import CodeRequested, CodesStopped
from members.models import SignInTicket
from members.types import ContactKind, Purpose, Ticket

LIFETIME = timedelta(minutes=5)
RESEND_AFTER = timedelta(seconds=60)
TRIES = 5


def read_address(*, text: str, region: str = "CN") -> tuple[ContactKind, str]:
    """Tell what someone typed into the one field, and normalize it.

    Raises:
        InvalidEmailError, InvalidPhoneError: it is neither.
    """
    if "@" in text or "＠" in text:
        return ContactKind.EMAIL, contacts.parse_email(text)
    return ContactKind.PHONE, contacts.parse_phone(text, region=region)


def hash_code(*, token: str, code: str) -> bytes:
    """Return what is kept of a code: a keyed hash, bound to its ticket."""
    return crypto.blind("sign-in-code", f"{token}\0{code}")


def request_code(
    *,
    programme_id: int,
    address: str,
    region: str = "CN",
    locale: str = "",
    ip: str = "",
    device: str = "",
    picture: captcha.Answer | None = None,
    link_base: str = "",
    now: datetime,
) -> Ticket:
    """Send a code to a phone number or an e-mail address.

    Raises:
        InvalidEmailError, InvalidPhoneError: the address cannot exist.
        PictureNeededError, WrongPictureError: so many were asked for that a picture must be
            read first.
        TooManyCodesError: this address, device or network, or all together asked too often.
    """
    kind, value = read_address(text=address, region=region)
    asker = throttle.Asker(kind=kind, address=value, ip=ip, device=device)
    _let_pass(asker, picture, now)
    ticket = SignInTicket(
        token=secrets.token_urlsafe(24), programme_id=programme_id, kind=kind, address=value
    )
    return _send(ticket, locale=locale, link_base=link_base, now=now)


def resend_code(
    *,
    token: str,
    locale: str = "",
    ip: str = "",
    device: str = "",
    picture: captcha.Answer | None = None,
    link_base: str = "",
    now: datetime,
) -> Ticket:
    """Send a new code for a ticket; the one before stops working.

    Raises:
        CodeExpiredError: there is no such ticket, or it was used.
        PictureNeededError, WrongPictureError: a picture must be read first.
        TooManyCodesError: the latest code is less than a minute old, or a limit is used up.
    """
    ticket = SignInTicket.objects.filter(
        token=token, used_at__isnull=True, purpose=Purpose.SIGN_IN
    ).first()
    if ticket is None:
        raise CodeExpiredError
    _wait(ticket, now)
    asker = throttle.Asker(kind=ticket.kind, address=ticket.address, ip=ip, device=device)
    _let_pass(asker, picture, now)
    with transaction.atomic():
        locked = _lock(token)
        # A twin may have sent one meanwhile.
        _wait(locked, now)
        return _send(locked, locale=locale, link_base=link_base, now=now)


def _wait(ticket: SignInTicket, now: datetime) -> None:
    wait = ticket.sent_at + RESEND_AFTER - now
    if wait > timedelta(0):
        raise TooManyCodesError(retry_after=int(wait.total_seconds()) + 1)


def _let_pass(asker: throttle.Asker, picture: captcha.Answer | None, now: datetime) -> None:
    """Ask for a picture where one is due, then count. Whoever is refused was not counted."""
    if throttle.needs_picture(asker=asker, now=now):
        if picture is None:
            raise PictureNeededError
        if not captcha.is_right(picture):
            raise WrongPictureError
    try:
        throttle.count_code(asker=asker, now=now)
    except BudgetSpentError as refusal:
        _tell_that_codes_stopped(asker.kind, refusal.retry_after, now)
        raise


def _tell_that_codes_stopped(kind: str, retry_after: int, now: datetime) -> None:
    """Tell operators once for each hour; it is theirs to find out why, and to raise the cap."""
    if not cache.add(f"sign-in:stopped:{kind}:{int(now.timestamp()) // 3600}", 1, timeout=7200):
        return
    with transaction.atomic():
        audit.record(
            actor="system", action="members.codes_stopped", target=f"codes:{kind}", now=now
        )
        outbox.publish(CodesStopped(kind=kind, retry_after=retry_after, occurred_at=now), now=now)


def send_to_user(
    *,
    user_id: int,
    programme_id: int,
    kind: ContactKind,
    address: str,
    purpose: Purpose,
    locale: str = "",
    ip: str = "",
    device: str = "",
    now: datetime,
) -> Ticket:
    """Send a code to somebody who is known: to prove who they are, or a new address.

    Raises:
        TooManyCodesError: they, their network or device asked too often.
    """
    who = crypto.blind("throttle-user", str(user_id)).hex()
    throttle.count(throttle.CODES_PER_USER, who=who, now=now)
    asker = throttle.Asker(kind=kind, address=address, ip=ip, device=device)
    try:
        throttle.count_code(asker=asker, now=now)
    except BudgetSpentError as refusal:
        _tell_that_codes_stopped(kind, refusal.retry_after, now)
        raise
    ticket = SignInTicket(
        token=secrets.token_urlsafe(24),
        programme_id=programme_id,
        purpose=purpose,
        user_id=user_id,
        kind=kind,
        address=address,
    )
    return _send(ticket, locale=locale, link_base="", now=now)


def check_code(
    *, token: str, code: str, purpose: Purpose, user_id: int, now: datetime
) -> tuple[ContactKind, str]:
    """Use up a code that was sent to a known user; return the address it proves.

    Raises:
        CodeExpiredError: it was used, tried five times, is too old, or was sent to somebody
            else or for something else.
        WrongCodeError: it is another code.
    """
    ticket = guess(token=token, code=code, purpose=purpose, user_id=user_id, now=now)
    use_up(ticket=ticket, now=now)
    return ContactKind(ticket.kind), ticket.address


def guess(
    *, token: str, code: str, purpose: Purpose, user_id: int | None = None, now: datetime
) -> SignInTicket:
    """Count the guess, then compare.

    Raises:
        CodeExpiredError, WrongCodeError: see `check_code`.
    """
    mine = SignInTicket.objects.filter(token=token, purpose=purpose, user_id=user_id)
    with transaction.atomic():
        counted = mine.filter(used_at__isnull=True, expires_at__gt=now, tries__lt=TRIES).update(
            tries=F("tries") + 1
        )
        if not counted:
            raise CodeExpiredError
    ticket = mine.get()
    digits = "".join(str(int(c)) for c in code if c.isdecimal())
    if not hmac.compare_digest(bytes(ticket.code_hash), hash_code(token=token, code=digits)):
        raise WrongCodeError
    return ticket


def use_up(*, ticket: SignInTicket, now: datetime) -> None:
    """Mark the ticket used: of two who send the right code at once, one gets in.

    Raises:
        CodeExpiredError: it was used.
    """
    if not SignInTicket.objects.filter(
        pk=ticket.pk, used_at__isnull=True, code_hash=ticket.code_hash
    ).update(used_at=now):
        raise CodeExpiredError


def get_ticket(*, token: str, purpose: Purpose = Purpose.SIGN_IN) -> Ticket:
    """Return what may be shown of a ticket.

    Raises:
        CodeExpiredError: there is no such ticket, or it was used.
    """
    ticket = SignInTicket.objects.filter(token=token, used_at__isnull=True, purpose=purpose).first()
    if ticket is None:
        raise CodeExpiredError
    return _as_ticket(ticket)


def _lock(token: str) -> SignInTicket:
    rows = SignInTicket.objects.select_for_update()
    ticket = rows.filter(token=token, used_at__isnull=True, purpose=Purpose.SIGN_IN).first()
    if ticket is None:
        raise CodeExpiredError
    return ticket


@transaction.atomic
def _send(ticket: SignInTicket, *, locale: str, link_base: str, now: datetime) -> Ticket:
    code = f"{secrets.randbelow(10**6):06d}"
    ticket.code_hash = hash_code(token=ticket.token, code=code)
    ticket.tries = 0
    ticket.sent_at = now
    ticket.expires_at = now + LIFETIME
    ticket.save()
    link = f"{link_base}?{urlencode({'t': ticket.token, 'code': code})}" if link_base else ""
    outbox.publish(
        CodeRequested(
            address=ticket.address,
            code=code,
            channel="sms" if ticket.kind == ContactKind.PHONE else "email",
            template="sign_in_code" if ticket.purpose == Purpose.SIGN_IN else "proof_code",
            locale=locale,
            link=link if ticket.kind == ContactKind.EMAIL else "",
            delivery=f"code:{ticket.pk}:{int(now.timestamp())}",
            programme_id=ticket.programme_id,
            occurred_at=now,
        ),
        now=now,
    )
    return _as_ticket(ticket)


def _as_ticket(ticket: SignInTicket) -> Ticket:
    kind = ContactKind(ticket.kind)
    mask = masking.mask_phone if kind is ContactKind.PHONE else masking.mask_email
    return Ticket(
        token=ticket.token,
        kind=kind,
        masked=mask(ticket.address),
        expires_at=ticket.expires_at,
        resend_at=ticket.sent_at + RESEND_AFTER,
    )


def forget_tickets(*, before: datetime, limit: int = 10_000) -> int:
    """Delete tickets that ran out before an instant; return how many."""
    old = SignInTicket.objects.filter(expires_at__lt=before).values("pk")[:limit]
    return SignInTicket.objects.filter(pk__in=old).delete()[0]
