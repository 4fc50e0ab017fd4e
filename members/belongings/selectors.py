"""Reads of belongings, and of the divisions of China."""

from __future__ import annotations

from collections.abc import Sequence

from members.belongings import divisions, masking, models, reading
from members.belongings.errors import AddressNotFoundError, TitleNotFoundError
from members.belongings.types import (
    Address,
    Brand,
    Card,
    InvoiceTitle,
    Label,
    Pasted,
    Place,
    Region,
    TitleKind,
)

SQL_VIEWS: dict[str, str] = {}
_SUGGESTIONS = 6


def list_addresses(*, member_ids: Sequence[int]) -> list[Address]:
    """Return a member's addresses: the default first, then the latest changed."""
    rows = models.Address.objects.filter(member_id__in=list(member_ids))
    # Two memberships that became one have a default each: the survivor's comes first.
    return [_as_address(row) for row in rows.order_by("-is_default", "-changed_at", "-id")]


def count_addresses(*, member_ids: Sequence[int]) -> int:
    """Return how many addresses a member keeps."""
    return models.Address.objects.filter(member_id__in=list(member_ids)).count()


def get_address(*, member_id: int, address_id: int) -> Address:
    """Return one address.

    Raises:
        AddressNotFoundError: the member has no such address.
    """
    row = models.Address.objects.filter(member_id=member_id, id=address_id).first()
    if row is None:
        raise AddressNotFoundError
    return _as_address(row)


def list_cards(*, member_ids: Sequence[int]) -> list[Card]:
    """Return a member's cards, the latest bound first; never their numbers."""
    # The number is not even read: nothing that shows a card needs it.
    rows = models.Card.objects.filter(member_id__in=list(member_ids)).defer("number")
    return [
        Card(
            id=row.pk,
            member_id=row.member_id,
            brand=Brand(row.brand),
            last_four=row.last_four,
            holder_masked=masking.mask_name(row.holder) if row.holder else "",
        )
        for row in rows.order_by("-id")
    ]


def list_titles(*, member_ids: Sequence[int]) -> list[InvoiceTitle]:
    """Return a member's invoice titles: the default first, then the latest changed."""
    rows = models.InvoiceTitle.objects.filter(member_id__in=list(member_ids))
    return [_as_title(row) for row in rows.order_by("-is_default", "-changed_at", "-id")]


def get_title(*, member_id: int, title_id: int) -> InvoiceTitle:
    """Return one invoice title.

    Raises:
        TitleNotFoundError: the member has no such title.
    """
    row = models.InvoiceTitle.objects.filter(member_id=member_id, id=title_id).first()
    if row is None:
        raise TitleNotFoundError
    return _as_title(row)


def find_region(*, code: str) -> Region | None:
    """Return where a division's code lies; a code that was replaced reads as its successor."""
    return divisions.find(code)


def list_provinces() -> Sequence[Place]:
    """Return the provinces."""
    return divisions.tree().provinces


def list_cities(*, province: str) -> Sequence[Place]:
    """Return the cities of a province, by its code."""
    return divisions.tree().cities.get(province, ())


def list_counties(*, city: str) -> Sequence[Place]:
    """Return the counties of a city, by its code."""
    return divisions.tree().counties.get(city, ())


def read_pasted(*, text: str) -> Pasted:
    """Return what a pasted text says of an address; what is not certain stays empty."""
    return reading.read(text)


def suggest_details(*, member_ids: Sequence[int], text: str, region: str) -> list[str]:
    """Return streets of the member's own book that complete what is being typed.

    Those in the region that is chosen come first. What is stored is encrypted, so the few
    addresses of the one member are read, and nobody else's.
    """
    wanted = "".join(text.split()).lower()
    if not wanted:
        return []
    found = [
        (address.region is None or address.region.code != region, address.detail)
        for address in list_addresses(member_ids=member_ids)
        if wanted in "".join(address.detail.split()).lower() and address.detail != text
    ]
    return list(dict.fromkeys(detail for _elsewhere, detail in sorted(found)))[:_SUGGESTIONS]


def _as_address(row: models.Address) -> Address:
    return Address(
        id=row.pk,
        member_id=row.member_id,
        recipient=row.recipient,
        phone=row.phone,
        country=row.country,
        region=divisions.find(row.region),
        area=row.area or "",
        detail=row.detail,
        postcode=row.postcode or "",
        label=Label(row.label),
        label_text=row.label_text or "",
        is_default=row.is_default,
    )


def _as_title(row: models.InvoiceTitle) -> InvoiceTitle:
    return InvoiceTitle(
        id=row.pk,
        member_id=row.member_id,
        kind=TitleKind(row.kind),
        name=row.name,
        tax_number=row.tax_number or "",
        bank=row.bank or "",
        bank_account=row.bank_account or "",
        address=row.address or "",
        phone=row.phone or "",
        is_default=row.is_default,
    )
