"""A correction by hand as it is wished for, before anyone has looked whether it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from typing import Any, Self

from members import selectors as members_selectors
from members.programmes import selectors as programmes_selectors
from points.errors import (
    InvalidPointsError,
    MemberClosedError,
    NotReversibleError,
    ReasonMissingError,
    UnknownReasonError,
)
from points.models import Account
from points.models.accounting import AdjustmentReason
from points.selectors import corrections
from points.selectors.entries import get_entry
from points.types import POINTS, Adjust, Command, Kind, Reverse, validity_end

_MOST = 10**12
_REVERSIBLE = frozenset({Kind.EARN, Kind.SPEND, Kind.ADJUST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A correction by ±points, or the reversal of `points` of an entry."""

    member_id: int
    programme_id: int
    currency: str
    points: int
    code: str = ""
    reason: str = ""
    actor: str
    entry_id: int | None = None

    @classmethod
    def to_reverse(
        cls,
        *,
        member_id: int,
        programme_id: int,
        entry_id: int,
        points: int | None,
        code: str = "",
        reason: str = "",
        actor: str,
    ) -> Self:
        """Wish an entry back, all that is left of it unless told how much.

        Raises:
            EntryNotFoundError: the member has no such entry.
            NotReversibleError: an entry of this kind is no target.
        """
        found = get_entry(member_id=member_id, entry_id=entry_id, programme_id=programme_id)
        if found.kind not in _REVERSIBLE:
            raise NotReversibleError()
        done = corrections.sum_reversed(member_id=member_id, entry_id=entry_id)
        account = Account.objects.get(member_id=found.member_id, id=found.account_id)
        return cls(
            member_id=member_id,
            programme_id=programme_id,
            currency=account.currency,
            # Nothing left: let the ledger say so.
            points=points if points is not None else max(abs(found.points) - done, 1),
            code=code,
            reason=reason.strip(),
            actor=actor,
            entry_id=entry_id,
        )

    @classmethod
    def of(cls, payload: Mapping[str, Any], *, reason: str = "", actor: str = "") -> Self:
        """Read a wish from what a request for approval keeps of it."""
        return cls(**payload, reason=reason, actor=actor)

    @property
    def payload(self) -> dict[str, Any]:
        """Return what a request for approval keeps: ids and numbers."""
        names = ("member_id", "programme_id", "currency", "points", "code", "entry_id")
        return {name: getattr(self, name) for name in names}

    @property
    def account(self) -> dict[str, Any]:
        """Return which account it is about."""
        return {
            "member_id": self.member_id,
            "programme_id": self.programme_id,
            "currency": self.currency,
        }

    @property
    def amount(self) -> int:
        """Return what counts towards the limit."""
        return abs(self.points)

    def check_points(self) -> None:
        """Refuse nothing, less than nothing of an entry, and more than anyone corrects."""
        if not 0 < self.amount <= _MOST or (self.entry_id is not None and self.points < 0):
            raise InvalidPointsError()

    def check(self) -> None:
        """Refuse a wish that nobody could grant.

        Raises:
            InvalidPointsError: zero, or more than anyone corrects.
            UnknownReasonError: the reason is not in use.
            ReasonMissingError: nothing says why.
            MemberClosedError: the member was merged or erased.
        """
        self.check_points()
        if not AdjustmentReason.objects.filter(code=self.code, in_use=True).exists():
            raise UnknownReasonError()
        if not self.reason.strip():
            raise ReasonMissingError()
        if members_selectors.get_member(member_id=self.member_id).status in ("merged", "erased"):
            raise MemberClosedError()

    def command(self, *, key: str, now: datetime) -> Command:
        """Return the movement of the ledger that grants it."""
        told = (self.entry_id, self.currency, self.points, self.code, self.reason)
        common: dict[str, Any] = {
            **self.account,
            "key": key,
            "source": key,
            "rule": f"correction:{self.code}",
            "occurred_at": now,
            "reason": self.reason,
            "actor": self.actor,
            "points": self.points,
            # The same key is the same correction, whenever its expiry is worked out.
            "fingerprint": blake2s(repr(told).encode(), digest_size=16).digest(),
        }
        if self.entry_id is not None:
            return Reverse(**common, entry_id=self.entry_id, cause=key)
        return Adjust(**common, expires_at=self._ends(now))

    def _ends(self, now: datetime) -> datetime | None:
        # Points given by hand last as long as earned ones; nothing else expires.
        if self.points < 0 or self.currency != POINTS:
            return None
        programme = programmes_selectors.get_programme(self.programme_id)
        return validity_end(
            earned_at=now, months=programme.settings.points_validity_months, zone=programme.zone
        )
