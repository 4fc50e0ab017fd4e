"""Console: how members and staff are found and named on every screen."""

from __future__ import annotations

from collections.abc import Sequence

from config.kernel import ids, numerals
from config.kernel.console import (
    finds_members,
    names_actors,
    names_members,
    record_url,
)
from config.kernel.errors import DomainError, NotFoundError
from members import contacts, models, selectors
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Programme
from members.types import ContactKind


@finds_members
def by_anything(text: str) -> list[int]:
    """Find members by mem_ id, card number, phone or e-mail, in every programme."""
    if text.startswith("mem_"):
        try:
            return [ids.decode("mem", text).member_id]
        except NotFoundError:
            return []
    found: list[int | None] = []
    for programme in programmes_selectors.list_programmes():
        found.append(selectors.find_by_card(programme_id=programme.id, card_no=text))
        found.append(_by_contact(programme, text))
    return [member for member in dict.fromkeys(found) if member is not None]


@names_members
def by_number(member_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Name members by their number."""
    rows = models.Member.objects.filter(pk__in=set(member_ids)).values_list("pk", "member_no")
    return {pk: (number, record_url(models.Member, pk)) for pk, number in rows}


def _staff(keys: Sequence[str]) -> dict[str, str]:
    rows = models.User.objects.filter(
        pk__in=[key for key in keys if numerals.read(key) is not None]
    )
    return {str(pk): name for pk, name in rows.values_list("pk", "staff_name") if name}


names_actors("staff", _staff)


def _by_contact(programme: Programme, text: str) -> int | None:
    """Find by the blind index of an address, written the way people write it."""
    try:
        if "@" in text:
            kind, address = ContactKind.EMAIL, contacts.parse_email(text)
        else:
            region = contacts.region_of(programme.timezone)
            kind, address = ContactKind.PHONE, contacts.parse_phone(text, region=region)
    except DomainError:
        return None
    return selectors.find_by_contact(programme_id=programme.id, kind=kind, address=address)
