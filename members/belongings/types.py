"""Addresses, cards and invoice titles as other apps see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from config.kernel import ids
from members.belongings import masking

# How many of each a member may keep. The tables' constraints hold them.
MOST_ADDRESSES = 20
MOST_CARDS = 10
MOST_TITLES = 10

CHINA = "CN"


class Label(StrEnum):
    """What an address is to the member; OWN carries their own word."""

    NONE = ""
    HOME = "home"
    COMPANY = "company"
    SCHOOL = "school"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A division of China: its six-digit code and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Where a code lies. `was` is the name under which a replaced code was given out.

    `whole`: no finer division is left to choose.
    """

    code: str
    province: str
    city: str = ""
    county: str = ""
    province_code: str = ""
    city_code: str = ""
    county_code: str = ""
    was: str = ""
    whole: bool = False

    @property
    def words(self) -> str:
        """Return it as it stands on a parcel: nothing said twice, nothing that is no place."""
        parts = [self.province]
        if self.city not in ("", self.province) and not self.city.endswith("行政区划"):
            parts.append(self.city)
        if self.county and self.county != parts[-1]:
            parts.append(self.county)
        return "".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressDraft:
    """An address as somebody wrote it down, not checked yet.

    In China `region` is a division's code; elsewhere `area` is free text (city, state).
    """

    recipient: str = field(repr=False)
    phone: str = field(repr=False)
    country: str = CHINA
    region: str = ""
    area: str = field(default="", repr=False)
    detail: str = field(repr=False)
    postcode: str = field(default="", repr=False)
    label: Label = Label.NONE
    label_text: str = field(default="", repr=False)
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address in a member's book, in clear: mask it before anybody else sees it."""

    id: int
    member_id: int
    recipient: str = field(repr=False)
    phone: str = field(repr=False)
    country: str
    region: Region | None
    area: str = field(repr=False)
    detail: str = field(repr=False)
    postcode: str = field(repr=False)
    label: Label
    label_text: str = field(repr=False)
    is_default: bool

    @property
    def public_id(self) -> str:
        """Return the id that pages and apps name it by."""
        return ids.encode("adr", member_id=self.member_id, row_id=self.id)

    @property
    def where(self) -> str:
        """Return all but street and number."""
        return self.region.words if self.region else self.area

    @property
    def recipient_masked(self) -> str:
        """Return the recipient by the first character."""
        return masking.mask_name(self.recipient)

    @property
    def phone_masked(self) -> str:
        """Return the number by its last four digits, without its extension."""
        return masking.mask_tail(self.phone.partition("转")[0])

    @property
    def where_masked(self) -> str:
        """Return where it lies, without street and number."""
        return f"{self.region.words if self.region else self.country} ****"

    @property
    def in_full(self) -> str:
        """Return the address as one line."""
        if self.country == CHINA:
            return self.where + self.detail
        return ", ".join(part for part in (self.detail, self.area, self.postcode) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """What was found in a pasted text. What could not be read is empty."""

    recipient: str = ""
    phone: str = ""
    country: str = CHINA
    region: str = ""
    area: str = ""
    detail: str = ""
    postcode: str = ""


class Brand(StrEnum):
    """Whose network a card runs on."""

    UNIONPAY = "unionpay"
    VISA = "visa"
    MASTERCARD = "mastercard"
    AMEX = "amex"
    JCB = "jcb"
    OTHER = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A bound bank card. Its number is never read again: only the last four are known."""

    id: int
    member_id: int
    brand: Brand
    last_four: str
    holder_masked: str = ""

    @property
    def public_id(self) -> str:
        """Return the id that pages name it by."""
        return ids.encode("crd", member_id=self.member_id, row_id=self.id)


class TitleKind(StrEnum):
    """Whom an invoice is made out to."""

    PERSONAL = "personal"
    COMPANY = "company"


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleDraft:
    """An invoice title as somebody wrote it down, not checked yet."""

    kind: TitleKind
    name: str = field(repr=False)
    tax_number: str = ""
    bank: str = ""
    bank_account: str = field(default="", repr=False)
    address: str = ""
    phone: str = field(default="", repr=False)
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceTitle:
    """Whom a member's invoices are made out to."""

    id: int
    member_id: int
    kind: TitleKind
    name: str = field(repr=False)
    tax_number: str
    bank: str
    bank_account: str = field(repr=False)
    address: str
    phone: str = field(repr=False)
    is_default: bool

    @property
    def public_id(self) -> str:
        """Return the id that pages name it by."""
        return ids.encode("ttl", member_id=self.member_id, row_id=self.id)

    @property
    def name_masked(self) -> str:
        """Return the name by its first character."""
        return masking.mask_name(self.name)

    @property
    def tax_number_masked(self) -> str:
        """Return the tax number by its last four characters."""
        return masking.mask_tail(self.tax_number) if self.tax_number else ""

    @property
    def account_masked(self) -> str:
        """Return the bank account by its last four digits."""
        return masking.mask_tail(self.bank_account) if self.bank_account else ""
