"""Show staff what is masked: field by field, only for a reason, never without a trace.

An app that keeps something direct of a member offers it with `offer`; the member's page
then asks for it like for all others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.kernel import audit
from members import selectors
from members.errors import NoReasonError, NothingAskedError
from members.services import naming, watching

CONTACTS, IDENTITY = "members.reveal_contacts", "members.reveal_identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealable:
    """A field that is masked until someone asks: what it is called, who may, where it is."""

    code: str
    title: Any
    permission: str
    read: Callable[[int], str | None]


_fields: dict[str, Revealable] = {}


def offer(field: Revealable) -> None:
    """Let a field be asked for. The same code again replaces it."""
    _fields[field.code] = field


def list_revealable(*, may: Callable[[str], bool]) -> list[Revealable]:
    """Return the fields that somebody may ask for."""
    return [field for field in _fields.values() if may(field.permission)]


@transaction.atomic
def reveal(
    *,
    member_id: int,
    fields: Sequence[str],
    may: Callable[[str], bool],
    user_id: int,
    reason: str,
    now: datetime,
) -> list[tuple[str, str]]:
    """Return fields of a member in clear, with their titles; write down who asked and why.

    Raises:
        MemberNotFoundError: there is no such member.
        NothingAskedError: no field is named, or one that this person may not see.
        NoReasonError: it is not said why.
    """
    selectors.get_member(member_id=member_id)
    asked = [field for field in list_revealable(may=may) if field.code in set(fields)]
    if not asked or len(asked) != len(set(fields)):
        raise NothingAskedError()
    if not reason.strip():
        raise NoReasonError()
    names = [field.code for field in asked]
    watching.record_access(
        user_id=user_id,
        member_ids=[member_id],
        page="members.reveal",
        fields=names,
        reason=reason.strip(),
        now=now,
    )
    audit.record(
        actor=f"staff:{user_id}",
        action="member.contacts_revealed",
        target=f"member:{member_id}",
        reason=reason.strip(),
        after={"fields": names},
        now=now,
    )
    return [(str(field.title), field.read(member_id) or "–") for field in asked]


def _profile(name: str) -> Callable[[int], str | None]:
    return lambda member_id: getattr(selectors.get_member(member_id=member_id), name)


def _verified(name: str) -> Callable[[int], str | None]:
    def read(member_id: int) -> str | None:
        found = naming.find_real_name(member_id=member_id)
        return getattr(found, name) if found else None

    return read


for _code, _title, _permission, _read in (
    ("name", _("Full name"), CONTACTS, _profile("name")),
    ("phone", _("Phone"), CONTACTS, _profile("phone")),
    ("email", _("E-mail"), CONTACTS, _profile("email")),
    ("real_name", _("Real name"), IDENTITY, _verified("name")),
    ("id_number", _("ID number"), IDENTITY, _verified("id_number")),
):
    offer(Revealable(code=_code, title=_title, permission=_permission, read=_read))
