"""Kinds of member as other apps see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

ORDINARY = "ordinary"


class Entry(StrEnum):
    """How one comes to be of a kind."""

    APPLY = "apply"
    SPEND = "spend"
    FEE = "fee"
    GRANT = "grant"


class Proof(StrEnum):
    """What is shown with an application."""

    NONE = ""
    STUDENT = "student"
    COMPANY = "company"


class Level(StrEnum):
    """How members of a kind are served."""

    STANDARD = "standard"
    PRIORITY = "priority"
    DEDICATED = "dedicated"


class Why(StrEnum):
    """Why a membership of a kind began."""

    APPLIED = "applied"
    PROVED = "proved"
    DECIDED = "decided"
    SPENT = "spent"
    PAID = "paid"
    GRANTED = "granted"
    FOUNDED = "founded"
    JOINED = "joined"


class EndWhy(StrEnum):
    """Why one ended."""

    RENEWED = "renewed"
    LAPSED = "lapsed"
    LEFT = "left"
    REMOVED = "removed"
    DISSOLVED = "dissolved"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class State(StrEnum):
    """What has become of an application."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindDraft:
    """A kind as an operator writes it; amounts in minor units, 0 months for no end.

    `group_size` above 1 makes it a kind that people are of together: one founds a group
    and pays for it, the others are invited.
    """

    code: str
    name_zh: str
    name_en: str
    entry: Entry
    threshold: int = 0
    validity_months: int = 12
    proof: Proof = Proof.NONE
    by_operator: bool = False
    service_level: Level = Level.STANDARD
    group_size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(KindDraft):
    """A kind in force. Who is of several is called by the highest rank."""

    rank: int

    def name(self, language: str) -> str:
        """Return what the kind is called."""
        return self.name_zh if language.startswith("zh") else self.name_en

    @property
    def is_group(self) -> bool:
        """Tell whether people are of this kind together."""
        return self.group_size > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """A version of a programme's kinds, lowest rank first."""

    programme_id: int
    version: int
    kinds: Sequence[Kind]

    def find(self, code: str) -> Kind | None:
        """Return the kind of this code."""
        return next((kind for kind in self.kinds if kind.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A stretch of time in which a member is of a kind; `until` is exclusive."""

    id: int
    member_id: int
    programme_id: int
    kind: str
    since: datetime
    until: datetime | None
    why: Why
    by: str
    is_asked: bool | None
    group_id: int | None
    ended_at: datetime | None
    end_why: EndWhy | None

    def holds(self, at: datetime) -> bool:
        """Tell whether it holds at an instant, swept or not."""
        return self.ended_at is None and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofGiven:
    """What a member typed to prove what they are."""

    holder: str
    body: str
    number: str

    def as_values(self) -> dict[str, str]:
        """Return it as it is kept, encrypted."""
        return {"holder": self.holder, "body": self.body, "number": self.number}


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a member asked for, and what became of it."""

    id: int
    member_id: int
    programme_id: int
    kind: str
    state: State
    is_asked: bool | None
    applied_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A place in a group."""

    member_id: int
    since: datetime
    is_owner: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A code that lets one person into a group, once."""

    id: int
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People who are of a kind together."""

    id: int
    programme_id: int
    kind: str
    name: str
    owner_id: int
    size: int
    taken: int
    seats: tuple[Seat, ...] = ()
    invitations: tuple[Invitation, ...] = ()

    @property
    def left(self) -> int:
        """Return how many may still join."""
        return self.size - self.taken
