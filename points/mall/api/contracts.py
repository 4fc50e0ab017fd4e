"""The shapes of the mall's API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from config.kernel import api

Count = Annotated[int, msgspec.Meta(ge=1, le=99)]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class ItemsQuery(api.Paged):
    """With `member`, each item tells what stands between it and this member."""

    kind: Literal["physical", "virtual", "coupon", "ticket"] | None = None
    member: str | None = None


class ItemQuery(api.Query):
    member: str | None = None


class OrdersQuery(api.Query):
    """An order is looked up by the code a member shows in a store."""

    collect_code: Code


class AddressIn(api.Body):
    recipient: Short
    phone: Short
    street: Line
    region: Annotated[str, msgspec.Meta(max_length=200)] = ""
    postcode: Annotated[str, msgspec.Meta(max_length=20)] = ""


class MallOrderIn(api.Body):
    """An order of one item. `price_version`: refuse if the price is another one by now."""

    member: str
    item: str
    quantity: Count = 1
    delivery: Literal["ship", "collect", "code", "coupon", "ticket"] | None = None
    address: AddressIn | None = None
    store: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    price_version: Annotated[int, msgspec.Meta(ge=1)] | None = None


class PayIn(api.Body):
    """How the cash part was paid. `confirmed`: taken by the shop, under this reference."""

    method: Annotated[str, msgspec.Meta(min_length=1, max_length=20)] = "confirmed"
    reference: Annotated[str, msgspec.Meta(max_length=120)] = ""


class CancelIn(api.Body):
    reason: Annotated[str, msgspec.Meta(max_length=300)] = ""


class RefundIn(api.Body):
    """`restock`: the pieces came back and can be sold again."""

    reason: Reason
    restock: bool = False


class ShipIn(api.Body):
    carrier: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    tracking: Short


class CollectIn(api.Body):
    """The code the member shows, and the store it is shown in."""

    code: Code
    store: Annotated[str, msgspec.Meta(max_length=40)] | None = None


class UndoIn(api.Body):
    reason: Reason


class MallPriceOut(api.Answer):
    points: int
    cash: api.Money
    version: int


class PictureOut(api.Answer):
    small: str
    large: str
    width: int
    height: int


class LimitOut(api.Answer):
    count: int
    per: str


class MallStoreOut(api.Answer):
    code: str
    name: str
    left: int


class HindranceOut(api.Answer):
    """Why this member cannot have it now. `missing` points; `at`: when it changes by itself."""

    code: str
    missing: int
    at: datetime | None
    tiers: list[str]


class EligibilityOut(api.Answer):
    eligible: bool
    allowance: int | None
    reasons: list[HindranceOut]


class MallItemOut(api.Answer):
    """Something points buy. `left` null: it does not run out."""

    id: str
    code: str
    kind: str
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    price: MallPriceOut
    left: int | None
    limit: LimitOut | None
    tiers: list[str]
    on_sale_from: datetime | None
    on_sale_until: datetime | None
    deliveries: list[str]
    pictures: list[PictureOut]
    stores: list[MallStoreOut]
    eligibility: EligibilityOut | None = None


class AddressOut(api.Answer):
    """Masked without the scope members:pii."""

    recipient: str
    phone: str
    region: str
    street: str
    postcode: str


class MallPaymentOut(api.Answer):
    method: str
    reference: str
    amount: int
    currency: str
    state: str
    paid_at: datetime


class MallOrderOut(api.Answer):
    """An order in the mall. Codes and the collection code are the member's and not told here."""

    id: str | None
    number: str
    member: str
    item: str
    item_code: str
    kind: str
    name_zh: str
    name_en: str
    quantity: int
    points: int
    cash: api.Money
    price_version: int
    status: str
    delivery: str
    why: str
    address: AddressOut | None
    store: str | None
    carrier: str
    tracking: str
    payment: MallPaymentOut | None
    placed_at: datetime
    pay_by: datetime | None
    paid_at: datetime | None
    shipped_at: datetime | None
    collect_by: datetime | None
    collected_at: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
