"""The mall as other apps see it: items, orders and why something cannot be had, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from config.kernel import ids

TICKETS = "tickets"
BALANCE = "balance"
# Coupons whose codes the shop itself has uploaded.
CODE_STOCK = "code_stock"


class ItemKind(StrEnum):
    """What a member gets."""

    PHYSICAL = "physical"
    VIRTUAL = "virtual"
    COUPON = "coupon"
    TICKET = "ticket"


class ItemStatus(StrEnum):
    """Where an item is in its life. Only published ones are seen by members."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ENDED = "ended"


class Period(StrEnum):
    """Over what a member's limit counts, by the programme's calendar."""

    EVER = "ever"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Delivery(StrEnum):
    """How an order reaches the member."""

    SHIP = "ship"
    COLLECT = "collect"
    CODE = "code"
    COUPON = "coupon"
    TICKET = "ticket"


class OrderStatus(StrEnum):
    """docs/algorithms/mall.md draws who may move an order from which to which."""

    AWAITING_PAYMENT = "awaiting_payment"
    TO_SHIP = "to_ship"
    SHIPPED = "shipped"
    TO_COLLECT = "to_collect"
    COLLECTED = "collected"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class PaymentState(StrEnum):
    """What has become of the cash part."""

    PAID = "paid"
    REFUND_DUE = "refund_due"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as it is served: two sizes of one file name."""

    id: int
    name: str
    width: int
    height: int

    @property
    def small(self) -> str:
        return f"{self.name}-small.webp"

    @property
    def large(self) -> str:
        return f"{self.name}-large.webp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something points buy. `left` None: it does not run out."""

    id: int
    programme_id: int
    code: str
    kind: ItemKind
    status: ItemStatus
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    points: int
    cash: int
    currency: str
    price_version: int
    left: int | None
    limit_count: int | None
    limit_per: Period
    tiers: tuple[str, ...]
    on_sale_from: datetime | None
    on_sale_until: datetime | None
    ships: bool
    collects: bool
    issuer: str
    template: str
    tickets: int
    sort: int
    pictures: tuple[Picture, ...] = ()

    @property
    def public_id(self) -> str:
        return ids.encode("itm", member_id=0, row_id=self.id)

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Return how it can reach a member, the usual way first."""
        if self.kind is ItemKind.PHYSICAL:
            ways = ((Delivery.SHIP, self.ships), (Delivery.COLLECT, self.collects))
            return tuple(way for way, offered in ways if offered)
        if self.kind is ItemKind.VIRTUAL or self.issuer == CODE_STOCK:
            return (Delivery.CODE,)
        return (Delivery.COUPON if self.kind is ItemKind.COUPON else Delivery.TICKET,)

    @property
    def has_codes(self) -> bool:
        return self.deliveries == (Delivery.CODE,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDraft:
    """What an operator writes down about an item."""

    code: str
    kind: ItemKind
    name_zh: str
    name_en: str
    points: int
    description_zh: str = ""
    description_en: str = ""
    cash: int = 0
    limit_count: int | None = None
    limit_per: Period = Period.EVER
    tiers: tuple[str, ...] = ()
    on_sale_from: datetime | None = None
    on_sale_until: datetime | None = None
    ships: bool = True
    collects: bool = False
    issuer: str = ""
    template: str = ""
    tickets: int = 1
    sort: int = 100


class Bar(StrEnum):
    """Why a member cannot have an item now."""

    NOT_ON_SALE = "not_on_sale"
    STARTS_LATER = "starts_later"
    ENDED = "ended"
    SOLD_OUT = "sold_out"
    TIER = "tier"
    LIMIT = "limit"
    POINTS = "points"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindrance:
    """One reason against an order, with what would take it away."""

    bar: Bar
    missing: int = 0
    at: datetime | None = None
    tiers: tuple[str, ...] = ()
    limit: int = 0
    per: Period = Period.EVER


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStock:
    """A store where an item can be collected, and how many lie there."""

    store_id: int
    code: str
    name: str
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An item as one member sees it. No hindrances: it can be had now."""

    item: Item
    hindrances: tuple[Hindrance, ...]
    stores: tuple[StoreStock, ...] = ()
    # How many this member may still take; None without a limit.
    allowance: int | None = None

    @property
    def open(self) -> bool:
        return not self.hindrances

    @property
    def first(self) -> Hindrance | None:
        return self.hindrances[0] if self.hindrances else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a parcel goes. Kept encrypted, as it was when the order was made."""

    recipient: str
    phone: str
    region: str
    street: str
    postcode: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)

    @property
    def masked(self) -> Address:
        """Return it as those see it who need not go there."""
        return Address(
            recipient=f"{self.recipient[:1]}**",
            phone=f"****{self.phone[-4:]}",
            region=self.region,
            street="****",
            postcode="",
        )

    @classmethod
    def from_json(cls, told: Mapping[str, str]) -> Address:
        return cls(**told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """The cash part of an order, as it was paid."""

    method: str
    reference: str
    amount: int
    currency: str
    state: PaymentState
    paid_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order in the mall. Address, tracking number and codes are clear: mind who sees them."""

    id: int
    member_id: int
    programme_id: int
    brand_id: int
    number: str
    item_id: int
    item_code: str
    kind: ItemKind
    name_zh: str
    name_en: str
    quantity: int
    points: int
    cash: int
    currency: str
    price_version: int
    status: OrderStatus
    delivery: Delivery
    why: str
    address: Address | None
    store_id: int | None
    carrier: str
    tracking: str
    collect_code: str
    placed_at: datetime
    pay_by: datetime | None
    paid_at: datetime | None
    shipped_at: datetime | None
    collect_by: datetime | None
    collected_at: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
    revealed_at: datetime | None
    picture: Picture | None = None
    payment: Payment | None = None

    @property
    def public_id(self) -> str:
        return ids.encode("mor", member_id=self.member_id, row_id=self.id)

    @property
    def source(self) -> str:
        """Return what the ledger calls it."""
        return f"mall:{self.public_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An order, and whether this call made it or found it made."""

    order: Order
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """Newest first; `before` is the last order's id, None at the end."""

    orders: tuple[Order, ...]
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A programme's times: to pay, to collect, to take a collection back."""

    pay_minutes: int = 30
    collect_days: int = 14
    undo_minutes: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A line of an uploaded file that was not taken, by number, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of an uploaded file."""

    accepted: int
    refused: tuple[Refused, ...]
