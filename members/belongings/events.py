"""What happened to belongings. Ids and kinds alone: what they say stays where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from config.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBookChanged(Event):
    """An address was added, changed, removed, or made the default."""

    name: ClassVar[str] = "belongings.address_book_changed.v1"

    what: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsChanged(Event):
    """A bank card was bound or unbound; the member is told."""

    name: ClassVar[str] = "belongings.cards_changed.v1"

    what: str
    last_four: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceTitlesChanged(Event):
    """An invoice title was added, changed, removed, or made the default."""

    name: ClassVar[str] = "belongings.invoice_titles_changed.v1"

    what: str
    title: str
