"""What goes into the ledger and what comes out, as plain values.

A `Command` asks for one movement of one member's account; an `Outcome` tells what it did.
docs/algorithms/ledger.md says what each movement does to the four figures and the lots.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Literal

from config.kernel.errors import DomainError

POINTS = "points"
GROWTH = "growth"

DebtPolicy = Literal["allow_debt", "within_balance", "pending_only"]


class Kind(StrEnum):
    """What an entry is. The names are part of the API."""

    EARN = "earn"
    ACTIVATE = "activate"
    SPEND = "spend"
    HOLD = "hold"
    RELEASE = "release"
    RETURN = "return"
    REVERSE = "reverse"
    EXPIRE = "expire"
    ADJUST = "adjust"
    EXCHANGE_OUT = "exchange_out"
    EXCHANGE_IN = "exchange_in"
    MERGE = "merge"


class Counter(StrEnum):
    """The other side of an entry. A counter-account's balance is a sum, never a row."""

    ISSUANCE = "issuance"
    REDEMPTION = "redemption"
    EXPIRY = "expiry"
    ADJUSTMENT = "adjustment"
    EXCHANGE = "exchange"
    SETTLEMENT = "settlement"
    MERGE = "merge"
    OWN = "own"  # the points stay the member's: pending, available and held among themselves


class HoldStatus(StrEnum):
    HELD = "held"
    CAPTURED = "captured"
    RELEASED = "released"
    LAPSED = "lapsed"
    MOVED = "moved"  # to the account of the member that this one was merged into


class CurrencyKind(StrEnum):
    """What a currency is to a member: it decides how amounts are written."""

    POINTS = "points"
    GROWTH = "growth"
    MONEY = "money"  # minor units of the programme's money: payment, never a discount
    PARTNER = "partner"  # another brand's points
    TICKETS = "tickets"


class ExpiryRule(StrEnum):
    """When a lot of a currency ends. All bounds are local midnights of the programme."""

    NEVER = "never"
    MONTHS = "months"  # at the end of the month, so many months later
    DAYS = "days"  # with the local day, so many days later


class Rounding(StrEnum):
    """How an exchange rounds what is received."""

    DOWN = "down"
    NEAREST = "nearest"  # half up


# --- Commands ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A movement asked for.

    `key` is the entry's own idempotency key, unique per member for ever. `fingerprint`
    stands for the request in the check that a repeated key repeats the request; left
    empty it is made of the command's own fields (without `occurred_at`).
    """

    member_id: int
    programme_id: int
    currency: str = POINTS
    key: str
    source: str
    occurred_at: datetime
    reason: str = ""
    rule: str = ""
    actor: str = ""
    fingerprint: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earn(Command):
    """Give points, once per (account, source, rule).

    `pending` without `available_at` waits for a `Schedule`; with one in the past the points
    are available at once. `expires_at` is exclusive; None never expires.
    """

    points: int
    pending: bool = False
    available_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Command):
    """Tell when what is pending from `source` becomes available; at once when that is past."""

    available_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend(Command):
    """Take available points, the lots that expire first first."""

    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Command):
    """Reserve available points until `expires_at`; what is held does not expire meanwhile."""

    points: int
    expires_at: datetime
    brand_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture(Command):
    """Spend what a reservation holds, all or in part; the rest is released."""

    reservation_id: int
    points: int | None = None
    brand_id: int | None = None  # where named, another brand's reservation is not found


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Command):
    """Give up a reservation."""

    reservation_id: int
    brand_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(Command):
    """Keep a reservation until `expires_at`, if that is later. It moves no points."""

    reservation_id: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse(Command):
    """Take back what was earned, or give back what was spent, once per cause.

    The target is one entry (`entry_id`), or everything earned or spent under a source; with
    `rule`, what that rule gave or took goes first, and the rest in the order of posting.
    `points` None means all that is left of it. `policy` None is the programme's, with its
    cap; `debt_cap` bounds what a policy named here lets the account owe.
    """

    entry_id: int | None = None
    earned_under: str | None = None
    spent_under: str | None = None
    points: int | None = None
    cause: str
    policy: DebtPolicy | None = None
    debt_cap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjust(Command):
    """Correct a balance by hand. Points given expire at `expires_at`, if at all."""

    points: int
    expires_at: datetime | None = None


# --- Outcomes ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LotShare:
    """The part of an entry that concerns one lot: signed points, or points moved."""

    lot_id: int
    points: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Points that changed place and not owner."""

    origin: Literal["pending", "available", "held"]
    to: Literal["pending", "available", "held"]
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A line of the ledger as other apps see it."""

    entry_id: int
    account_id: int
    member_id: int
    kind: str
    points: int
    balance_after: int
    available: int  # the four changes; points = available + pending + held - debt
    pending: int
    held: int
    debt: int
    source: str
    rule: str
    reason: str
    actor: str
    reverses: int | None
    cause: str | None
    reservation_id: int | None
    lots: tuple[LotShare, ...]
    occurred_at: datetime
    recorded_at: datetime

    @property
    def moved(self) -> Moved | None:
        """What a hold, release or activation moved; None for the kinds that carry points."""
        match self.kind:
            case "hold":
                return Moved(origin="available", to="held", points=self.held)
            case "release":
                return Moved(origin="held", to="available", points=-self.held)
            case "activate":
                return Moved(origin="pending", to="available", points=-self.pending)
            case _:
                return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command did.

    `uncovered` is what a debt policy left untaken, `debt` the debt this command added.
    `replayed`: nothing was done now, this is what was done the first time; `duplicate`
    says that it was found by its source and not by its key.
    """

    entries: tuple[Posted, ...] = ()
    replayed: bool = False
    duplicate: bool = False
    problem: DomainError | None = None
    uncovered: int = 0
    debt: int = 0
    reservation_id: int | None = None

    @property
    def points(self) -> int:
        return sum(entry.points for entry in self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    at: datetime
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """An account's figures at an instant, with everything due by then shown as done."""

    member_id: int
    available: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0
    lifetime_earned: int = 0
    lifetime_spent: int = 0
    lifetime_expired: int = 0
    expiring: tuple[Expiring, ...] = field(default=())
    as_of: datetime

    @property
    def total(self) -> int:
        return self.available + self.pending + self.held - self.debt


@dataclass(frozen=True, slots=True, kw_only=True)
class Maturing:
    """Points on their way; `at` is when they can be spent, None when nobody knows yet."""

    at: datetime | None
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """A balance as its owner looks at it: also when what is on its way arrives."""

    balance: Balance
    maturing: tuple[Maturing, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    reservation_id: int
    member_id: int
    programme_id: int
    currency: str
    brand_id: int | None
    source: str
    points: int
    captured: int
    released: int
    status: HoldStatus  # a hold past its time reads as lapsed, swept or not
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """Newest first; `before` of the next page is the last entry's id, None at the end."""

    entries: tuple[Posted, ...]
    next_before: int | None


def validity_end(*, earned_at: datetime, months: int, zone: tzinfo) -> datetime | None:
    """Return when points earned at an instant expire: `months` later, at the end of that month.

    The bound is exclusive and a local midnight: 2026-11-20 and 24 months give
    2028-12-01T00:00 in the programme's zone. No months, no expiry.
    """
    if months <= 0:
        return None
    local = earned_at.astimezone(zone)
    # The month after the one in which they still count; months are counted from 0 here.
    following = local.year * 12 + (local.month - 1) + months + 1
    return datetime(following // 12, following % 12 + 1, 1, tzinfo=zone)


def day_end(*, after: datetime, days: int, zone: tzinfo) -> datetime:
    """Return the end of the local day `days` later: a period counted in whole days."""
    day = after.astimezone(zone).date() + timedelta(days=days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=zone)


# --- Currencies -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyDefinition:
    """What a programme counts, and by which rules. `version` 0 is the house's own definition."""

    code: str
    kind: CurrencyKind
    name_zh: str
    name_en: str
    expiry: ExpiryRule = ExpiryRule.NEVER
    validity: int = 0
    may_owe: bool = False
    spendable: bool = True
    shown: bool = True
    version: int = 0

    def name(self, language: str) -> str:
        """Return what it is called in a language."""
        return self.name_zh if language.startswith("zh") else self.name_en

    def expires_at(self, *, earned_at: datetime, zone: tzinfo) -> datetime | None:
        """Return when a lot that is given now ends; None: never."""
        match self.expiry:
            case ExpiryRule.MONTHS:
                return validity_end(earned_at=earned_at, months=self.validity, zone=zone)
            case ExpiryRule.DAYS:
                return day_end(after=earned_at, days=self.validity, zone=zone)
            case _:
                return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a member has in one currency of one programme."""

    programme_id: int
    currency: CurrencyDefinition
    balance: Balance


# --- Exchange ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """A currency of a programme: one end of an exchange."""

    programme_id: int
    currency: str = POINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate as it holds at an instant."""

    id: int
    version: int
    source: Purse
    target: Purse
    per: int
    gives: int
    rounding: Rounding = Rounding.DOWN
    fee_fixed: int = 0
    fee_permille: int = 0
    minimum: int = 1
    step: int = 1
    member_limit: int | None = None
    pair_limit: int | None = None
    carries_expiry: bool = True
    price: int = 0
    begins_at: datetime
    closed: bool = False

    def quote(self, points: int) -> Quote:
        """Return what giving `points` brings: the fee goes off first, then the rate, once."""
        fee = min(points, self.fee_fixed + -(-points * self.fee_permille // 1000))
        brought = (points - fee) * self.gives
        if self.rounding is Rounding.NEAREST:
            received = (2 * brought + self.per) // (2 * self.per)
        else:
            received = brought // self.per
        return Quote(given=points, fee=fee, received=received)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What an exchange takes and brings."""

    given: int
    fee: int
    received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """What an exchange did: both entries, and the rate that made them."""

    out: Posted
    into: Posted
    rate: Rate
    quote: Quote
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementDay:
    """What one programme owes another for the exchanges of a local day.

    `posted` and `received_posted` are the sums of the ledger's own entries: they must equal
    `given` and `received`.
    """

    day: date
    source: Purse
    target: Purse
    exchanges: int
    undone: int
    given: int
    fee: int
    received: int
    owed: int
    posted: int
    received_posted: int

    @property
    def ties(self) -> bool:
        """Tell whether the ledger says the same."""
        return (self.given, self.received) == (self.posted, self.received_posted)


# --- Transfer ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred:
    """What a transfer between two members moved: pairs of entries, the giving one first."""

    entries: tuple[Posted, ...] = ()
    replayed: bool = False

    @property
    def points(self) -> dict[int, int]:
        """Return what each receiving account gained."""
        gained: dict[int, int] = {}
        for entry in self.entries[1::2]:
            gained[entry.account_id] = gained.get(entry.account_id, 0) + entry.points
        return gained


# --- Corrections by hand ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionReason:
    """A reason that operators choose from."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What became of a correction by hand: posted, or waiting for a second person."""

    posted: Posted | None = None
    approval_id: int | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a correction would do: the four figures before and after, and who must agree.

    `limit` is what the actor may correct alone, `used` what it has today.
    """

    before: Balance
    after: Balance
    limit: int
    used: int
    alone: bool


# --- Proofs -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofStanding:
    """What the last proof of the ledger said, and whether the next one is overdue."""

    proof_id: int | None = None
    proved_at: datetime | None = None
    differences: int = 0
    overdue: bool = False

    @property
    def alarming(self) -> bool:
        """Tell whether operators have to act."""
        return self.overdue or self.differences > 0
