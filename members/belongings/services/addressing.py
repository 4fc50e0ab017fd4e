"""The address book: 20 addresses at most, one of them the default."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from config.kernel import audit, ids, outbox
from members.belongings import models
from members.belongings.errors import AddressBookFullError, AddressNotFoundError
from members.belongings.events import AddressBookChanged
from members.belongings.services import checking, placing
from members.belongings.types import MOST_ADDRESSES, AddressDraft


@transaction.atomic
def add_address(*, member_id: int, draft: AddressDraft, actor: str, now: datetime) -> int:
    """Put an address into a member's book; the first one becomes the default.

    Raises:
        FieldsRefusedError: something is missing, too long, or cannot exist.
        AddressBookFullError: there are 20 already.
    """
    kept = checking.address(draft)
    row = models.Address(
        member_id=member_id, made_at=now, changed_at=now, is_default=draft.is_default,
        **_columns(kept),
    )  # fmt: skip
    placed = placing.place(row, most=MOST_ADDRESSES, full=AddressBookFullError)
    _tell("added", member_id, placed.pk, actor=actor, now=now)
    return placed.pk


@transaction.atomic
def change_address(
    *, member_id: int, address_id: int, draft: AddressDraft, actor: str, now: datetime
) -> None:
    """Write an address anew.

    Raises:
        AddressNotFoundError: the member has no such address.
        FieldsRefusedError: something is missing, too long, or cannot exist.
    """
    kept = checking.address(draft)
    row = _lock(member_id, address_id)
    wanted = _columns(kept)
    changed = sorted(name for name, value in wanted.items() if getattr(row, name) != value)
    models.Address.objects.filter(member_id=member_id, id=address_id).update(
        changed_at=now, **wanted
    )
    if draft.is_default and not row.is_default:
        placing.make_default(models.Address, member_id=member_id, row_id=address_id)
        changed.append("is_default")
    if changed:
        _tell("changed", member_id, address_id, actor=actor, now=now, fields=changed)


@transaction.atomic
def make_default_address(*, member_id: int, address_id: int, actor: str, now: datetime) -> None:
    """Make an address the one that is filled in first.

    Raises:
        AddressNotFoundError: the member has no such address.
    """
    if not placing.make_default(models.Address, member_id=member_id, row_id=address_id):
        raise AddressNotFoundError
    _tell("made_default", member_id, address_id, actor=actor, now=now)


@transaction.atomic
def remove_address(*, member_id: int, address_id: int, actor: str, now: datetime) -> None:
    """Take an address out of the book; of the others, the latest becomes the default.

    Raises:
        AddressNotFoundError: the member has no such address.
    """
    row = _lock(member_id, address_id)
    models.Address.objects.filter(member_id=member_id, id=address_id).delete()
    if row.is_default:
        rest = models.Address.objects.filter(member_id=member_id).order_by("-changed_at", "-id")
        heir = rest.values_list("id", flat=True).first()
        if heir is not None:
            placing.make_default(models.Address, member_id=member_id, row_id=heir)
    _tell("removed", member_id, address_id, actor=actor, now=now)


def _lock(member_id: int, address_id: int) -> models.Address:
    placing.hold(models.Address, member_id=member_id)
    row = models.Address.objects.filter(member_id=member_id, id=address_id).first()
    if row is None:
        raise AddressNotFoundError
    return row


def _columns(draft: AddressDraft) -> dict[str, Any]:
    return {
        "recipient": draft.recipient,
        "phone": draft.phone,
        "country": draft.country,
        "region": draft.region,
        "area": draft.area or None,
        "detail": draft.detail,
        "postcode": draft.postcode or None,
        "label": draft.label.value,
        "label_text": draft.label_text or None,
    }


def _tell(
    what: str,
    member_id: int,
    address_id: int,
    *,
    actor: str,
    now: datetime,
    fields: list[str] | None = None,
) -> None:
    public_id = ids.encode("adr", member_id=member_id, row_id=address_id)
    audit.record(
        actor=actor,
        action=f"belongings.address_{what}",
        target=public_id,
        after={"fields": fields} if fields else None,
        now=now,
    )
    outbox.publish(
        AddressBookChanged(what=what, address=public_id, member_id=member_id, occurred_at=now),
        now=now,
    )
