"""Send messages, once in effect, and forget them in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from config.kernel import audit
from members import selectors as members_selectors
from members.types import Status as MemberStatus
from messaging import providers, texts
from messaging.errors import (
    CodeNotRepeatedError,
    MessageNotFoundError,
    ProviderFailedError,
    TextForgottenError,
    UnreachableError,
)
from messaging.models import LocalMessage
from messaging.types import Channel, Kind, Outgoing, Status, Text

KEEP_CODES = timedelta(hours=24)
KEEP_TEXTS = timedelta(days=180)
KEEP_ROWS = timedelta(days=2 * 365 + 1)
_CHUNK = 5000

__all__ = [
    "CodeNotRepeatedError",
    "MessageNotFoundError",
    "ProviderFailedError",
    "TextForgottenError",
    "UnreachableError",
    "forget_old",
    "resend",
    "send_code",
    "tell_member",
    "tell_staff",
]


@transaction.atomic
def send_code(
    *,
    key: str,
    channel: Channel,
    address: str,
    code: str,
    link: str,
    locale: str,
    programme_id: int | None,
    template: str = "sign_in_code",
    now: datetime,
) -> bool:
    """Send a code; return False when this one was sent before.

    Raises:
        ProviderFailedError: the provider did not take it.
    """
    with texts.in_language(locale) as language:
        if template == "sign_in_code":
            text = texts.sign_in_code(channel=channel, code=code, link=link)
        else:
            text = texts.proof_code(channel=channel, code=code)
    row = LocalMessage(
        key=key,
        kind=Kind.CODE,
        template=template,
        channel=channel,
        locale=language,
        address=address,
        programme_id=programme_id,
        recorded_at=now,
    )
    return _send(row, text)


@transaction.atomic
def tell_member(
    *,
    key: str,
    member_id: int,
    kind: Kind,
    template: str,
    write: Callable[[str], Text],
    now: datetime,
) -> bool:
    """Send a message to a member by e-mail, else by SMS; return False if it was sent before.

    `write` is called with the language, while it is spoken. A member who cannot be reached
    gets a row that says why nothing left.

    Raises:
        ProviderFailedError: the provider did not take it.
    """
    member = members_selectors.get_member(member_id=member_id)
    with texts.in_language(member.locale) as language:
        text = write(language)
    address = member.email or member.phone
    row = LocalMessage(
        key=key,
        kind=kind,
        template=template,
        channel=Channel.EMAIL if member.email else Channel.SMS,
        locale=language,
        address=address,
        programme_id=member.programme_id,
        member_id=member_id,
        recorded_at=now,
    )
    if member.status is not MemberStatus.ACTIVE:
        return _keep_unsent(row, "member_closed")
    if address is None:
        # Kept: an operator may send it once there is an address.
        row.subject, row.body = text.subject or None, text.body
        return _keep_unsent(row, "no_address")
    return _send(row, text)


@transaction.atomic
def tell_staff(
    *, key: str, permission: str, template: str, write: Callable[[], Text], now: datetime
) -> int:
    """Tell everybody of the staff who holds a permission; return how many messages left.

    A member of staff without an address gets a row that says why nothing left.

    Raises:
        ProviderFailedError: the provider did not take one of them.
    """
    told = 0
    for staff in members_selectors.list_staff(permission=permission):
        with texts.in_language("") as language:
            text = write()
        row = LocalMessage(
            key=f"{key}:{staff.user_id}"[:120],
            kind=Kind.SYSTEM,
            template=template,
            channel=Channel.EMAIL if staff.email else Channel.SMS,
            locale=language,
            address=staff.email or staff.phone,
            recorded_at=now,
        )
        told += _keep_unsent(row, "no_address") if row.address is None else _send(row, text)
    return told


@transaction.atomic
def resend(*, message_id: int, actor: str, reason: str, now: datetime) -> bool:
    """Send a message again, to where its member is reached today; False if just done.

    Raises:
        MessageNotFoundError: there is none.
        CodeNotRepeatedError: it was a sign-in code.
        TextForgottenError: its text is no longer kept.
        UnreachableError: nobody can be reached by it.
        ProviderFailedError: the provider did not take it.
    """
    old = LocalMessage.objects.select_for_update().filter(pk=message_id).first()
    if old is None:
        raise MessageNotFoundError()
    if old.kind == Kind.CODE:
        raise CodeNotRepeatedError()
    if old.body is None:
        raise TextForgottenError()
    channel, address = _reach(old)
    copies = LocalMessage.objects.filter(key__startswith=f"{_stem(old.key)}+").count()
    row = LocalMessage(
        key=f"{_stem(old.key)}+{copies + 1}",
        kind=old.kind,
        template=old.template,
        channel=channel,
        locale=old.locale,
        address=address,
        programme_id=old.programme_id,
        member_id=old.member_id,
        recorded_at=now,
    )
    audit.record(
        actor=actor,
        action="message.resent",
        target=f"message:{message_id}",
        reason=reason,
        after={"key": row.key, "channel": channel},
        now=now,
    )
    return _send(row, Text(subject=old.subject or "", body=old.body))


def _stem(key: str) -> str:
    stem, plus, number = key.rpartition("+")
    return (stem if plus and number.isdecimal() else key)[:110]


def _reach(row: LocalMessage) -> tuple[Channel, str]:
    """Return where the message's member is reached today; else where it went before."""
    if row.member_id is None:
        if row.address is None:
            raise UnreachableError()
        return Channel(row.channel), row.address
    member = members_selectors.get_member(member_id=row.member_id)
    address = member.email or member.phone
    if member.status is not MemberStatus.ACTIVE or address is None:
        raise UnreachableError()
    return (Channel.EMAIL if member.email else Channel.SMS), address


def _keep_unsent(row: LocalMessage, why: str) -> bool:
    row.status, row.why, row.channel, row.address = Status.UNSENT, why, "", None
    LocalMessage.objects.bulk_create([row], ignore_conflicts=True)
    return False


def _send(row: LocalMessage, text: Text) -> bool:
    """Write the row first: its key refuses a second message for the same cause."""
    row.status, row.subject, row.body = Status.SENT, text.subject or None, text.body
    LocalMessage.objects.bulk_create([row], ignore_conflicts=True)
    mine = LocalMessage.objects.select_for_update().get(key=row.key)
    if mine.provider:
        return False
    receipt = providers.for_channel(Channel(row.channel)).send(
        message=Outgoing(
            key=row.key,
            channel=Channel(row.channel),
            address=row.address,
            text=text,
            locale=row.locale,
        )
    )
    LocalMessage.objects.filter(pk=mine.pk).update(
        provider=receipt.provider, reference=receipt.reference
    )
    return True


def forget_old(*, now: datetime) -> int:
    """Forget addresses and texts that have done their work, and after two years that there
    was a message; return how many messages."""
    forgotten = _forget(now, before=now - KEEP_CODES, codes=True) + _forget(
        now, before=now - KEEP_TEXTS, codes=False
    )
    return forgotten + _drop(before=now - KEEP_ROWS)


def _drop(*, before: datetime) -> int:
    """Delete the oldest messages; they are numbered in the order of time, so none is searched."""
    gone = 0
    while True:
        oldest = LocalMessage.objects.order_by("pk").values_list("pk", "recorded_at")[:_CHUNK]
        keys = [pk for pk, recorded_at in oldest if recorded_at < before]
        if not keys:
            return gone
        gone += LocalMessage.objects.filter(pk__in=keys).delete()[0]


def _forget(now: datetime, *, before: datetime, codes: bool) -> int:
    old = LocalMessage.objects.filter(forgotten_at__isnull=True, recorded_at__lt=before)
    old = old.filter(kind=Kind.CODE) if codes else old.exclude(kind=Kind.CODE)
    forgotten = 0
    while taken := list(old.values_list("pk", flat=True)[:_CHUNK]):
        forgotten += LocalMessage.objects.filter(pk__in=taken).update(
            address=None, subject=None, body=None, forgotten_at=now
        )
    return forgotten
