"""The shapes of the points API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from config.kernel import api
from points.rows import MOST_POINTS

Positive = Annotated[int, msgspec.Meta(ge=1, le=MOST_POINTS)]
Signed = Annotated[int, msgspec.Meta(ge=-MOST_POINTS, le=MOST_POINTS)]
Source = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Reason = Annotated[str, msgspec.Meta(max_length=500)]
Actor = Annotated[str, msgspec.Meta(min_length=1, max_length=150)]
Programme = Annotated[str, msgspec.Meta(min_length=1, max_length=40, examples=["changke"])]
Currency = Annotated[str, msgspec.Meta(min_length=1, max_length=16, examples=["points"])]


class BalanceQuery(api.Query):
    currency: Currency = "points"
    as_of: api.Instant | None = None


class EntriesQuery(api.Paged):
    currency: Currency = "points"


class EarnIn(api.Body):
    points: Positive
    source: Source
    reason: Reason = ""
    currency: Currency = "points"
    expires_at: api.Instant | None = None
    pending_until: api.Instant | None = None


class SpendIn(api.Body):
    points: Positive
    source: Source
    reason: Reason = ""
    currency: Currency = "points"


class AdjustIn(api.Body):
    points: Signed
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    actor: Actor
    source: Source | None = None
    currency: Currency = "points"


class ReservationIn(api.Body):
    member: str
    points: Positive
    source: Source
    currency: Currency = "points"
    ttl_seconds: Annotated[int, msgspec.Meta(ge=1, le=7200)] | None = None


class CaptureIn(api.Body):
    points: Positive | None = None


class ReleaseIn(api.Body):
    pass


class ReverseIn(api.Body):
    reason: Reason = ""
    points: Positive | None = None
    source: Source | None = None


class ExchangeIn(api.Body):
    member: str
    from_programme: Programme
    to_programme: Annotated[str, msgspec.Meta(min_length=1, max_length=40, examples=["ukgift"])]
    points: Positive
    from_currency: Currency = "points"
    to_currency: Currency = "points"


class BatchItem(api.Body):
    op: Literal["earn", "spend", "adjust"]
    member: str
    points: int
    source: Source | None = None
    reason: Reason = ""
    actor: Actor | None = None
    expires_at: api.Instant | None = None
    pending_until: api.Instant | None = None
    idempotency_key: api.Key | None = None


Items = Annotated[list[BatchItem], msgspec.Meta(max_length=api.batch.MOST_ITEMS)]


class BatchIn(api.Body):
    items: Items


class LotOut(api.Answer):
    lot: str | None
    points: int
    expires_at: datetime | None


class MovedOut(api.Answer):
    origin: str = msgspec.field(name="from")
    to: str
    points: int


class EntryOut(api.Answer):
    """A line of the ledger. `points` is the change of available + pending + held - debt."""

    id: str | None
    kind: str
    points: int
    balance_after: int
    source: str
    rule: str
    reason: str
    actor: str
    reverses: str | None
    cause: str | None
    reservation: str | None
    moved: MovedOut | None
    lots: list[LotOut]
    occurred_at: datetime
    recorded_at: datetime


class ExpiringOut(api.Answer):
    at: datetime
    points: int


class BalanceOut(api.Answer):
    available: int
    pending: int
    held: int
    debt: int
    lifetime_earned: int
    lifetime_spent: int
    lifetime_expired: int
    expiring: list[ExpiringOut]
    as_of: datetime


class HoldingOut(api.Answer):
    """What a member has in one currency. Money is in minor units."""

    programme: str
    currency: str
    kind: str
    name: str
    balance: BalanceOut


class HoldingsOut(api.Answer):
    items: list[HoldingOut]


class RateOut(api.Answer):
    """`per` points given, less the fee, bring `gives` points."""

    version: int
    per: int
    gives: int
    rounding: str
    fee_fixed: int
    fee_permille: int
    begins_at: datetime


class ExchangeOut(api.Answer):
    """Both entries of an exchange, the giving one first."""

    entries: list[EntryOut]
    given: int
    fee: int
    received: int
    rate: RateOut


class ReservationOut(api.Answer):
    id: str | None
    member: str
    status: str
    points: int
    captured: int
    released: int
    source: str
    expires_at: datetime
    entries: list[EntryOut] = []


class ExplainOut(api.Answer):
    """Why an entry is what it is. `rule_version` is null where no rule decided."""

    entry: EntryOut
    rule_version: str | None
    inputs: dict[str, Any]
    arithmetic: list[dict[str, Any]]
