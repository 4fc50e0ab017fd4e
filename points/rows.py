"""Commands as the SQL functions take them, and replies as they give them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from config.kernel.errors import DomainError
from members.programmes import selectors as programmes
from members.programmes.types import ProgrammeSettings
from points import currencies, errors
from points.types import (
    Adjust,
    Capture,
    Command,
    Earn,
    Extend,
    Hold,
    LotShare,
    Outcome,
    Posted,
    Release,
    Reverse,
    Schedule,
    Spend,
    day_end,
)

OPERATIONS: dict[type[Command], str] = {
    Earn: "earn",
    Schedule: "schedule",
    Spend: "spend",
    Hold: "hold",
    Capture: "capture",
    Release: "release",
    Extend: "extend",
    Reverse: "reverse",
    Adjust: "adjust",
}
# The attributes of the type points_command, in its order.
COLUMNS = (
    "op", "member_id", "programme_id", "currency", "key", "fingerprint", "source", "reason",
    "rule", "actor", "occurred_at", "points", "pending", "available_at", "expires_at",
    "reservation_id", "brand_id", "entry_id", "under", "cause", "policy", "grace_until",
)  # fmt: skip
# What the functions' replies are read as: a head, then the entry's columns.
ENTRY_COLUMNS = (
    "id", "account_id", "member_id", "kind", "points", "balance_after", "available", "pending",
    "held", "debt", "source", "rule", "reason", "actor", "reverses", "cause", "reservation_id",
    "lots", "lot_points", "lot_expires", "lot_moved", "occurred_at", "recorded_at",
)  # fmt: skip
HEAD_COLUMNS = (
    "item", "problem", "asked", "had", "replayed", "duplicate", "uncovered", "reservation_id",
)  # fmt: skip
_HEAD = len(HEAD_COLUMNS)
# What a line of a batch shows of its entry: earnings, spends and adjustments have no more.
LINE_COLUMNS = (
    "id", "member_id", "kind", "points", "balance_after", "source", "rule", "reason", "actor",
    "lots", "lot_points", "lot_expires", "occurred_at", "recorded_at",
)  # fmt: skip
# Beyond this a sum over an account could leave the range of bigint.
MOST_POINTS = 10**12
_OWN_FIELDS = {
    kind: tuple(f.name for f in fields(kind) if f.name not in {"key", "occurred_at", "fingerprint"})
    for kind in OPERATIONS
}


def fingerprint(command: Command) -> bytes:
    """Return what stands for the request when its key comes again."""
    if command.fingerprint:
        return command.fingerprint
    own = [getattr(command, name) for name in _OWN_FIELDS[type(command)]]
    told = _encode([OPERATIONS[type(command)], *own])
    return hashlib.blake2b(told.encode(), digest_size=16).digest()


def _instant(value: Any) -> str:
    return str(datetime.astimezone(value, UTC).isoformat())


_encode = json.JSONEncoder(default=_instant, ensure_ascii=False).encode


def refusal(command: Command) -> DomainError | None:
    """Return what is wrong with a command before the database is asked."""
    points = getattr(command, "points", None)
    if points is None:
        return None
    lowest = -MOST_POINTS if isinstance(command, Adjust) else 1
    if points == 0 or not lowest <= points <= MOST_POINTS:
        return errors.InvalidPointsError()
    return None


def to_row(command: Command, *, now: datetime) -> dict[str, Any]:
    """Return the attributes of a points_command that this command sets."""
    row: dict[str, Any] = {
        "op": OPERATIONS[type(command)],
        "member_id": command.member_id,
        "programme_id": command.programme_id,
        "currency": command.currency,
        "key": command.key,
        "fingerprint": fingerprint(command),
        "source": command.source,
        "reason": command.reason,
        "rule": command.rule,
        "actor": command.actor,
        "occurred_at": command.occurred_at,
    }
    match command:
        case Earn():
            row["points"] = command.points
            row["pending"] = command.pending
            row["available_at"] = command.available_at
            row["expires_at"] = command.expires_at
        case Schedule():
            row["available_at"] = command.available_at
        case Spend():
            row["points"] = command.points
        case Adjust():
            row["points"] = command.points
            row["expires_at"] = command.expires_at
        case Hold():
            row["points"] = command.points
            row["expires_at"] = command.expires_at
            row["brand_id"] = command.brand_id
        case Capture():
            row["reservation_id"] = command.reservation_id
            row["points"] = command.points
            row["brand_id"] = command.brand_id
        case Release():
            row["reservation_id"] = command.reservation_id
            row["brand_id"] = command.brand_id
        case Extend():
            row["reservation_id"] = command.reservation_id
            row["expires_at"] = command.expires_at
        case Reverse():
            row.update(_reversal(command, now=now))
    return row


def _reversal(command: Reverse, *, now: datetime) -> dict[str, Any]:
    programme = programmes.get_programme(command.programme_id)
    grace = programme.settings.return_grace_days
    return {
        "points": command.points,
        "entry_id": command.entry_id,
        "under": command.earned_under or command.spent_under,
        "pending": command.earned_under is not None,
        "cause": command.cause,
        "policy": _policy(command, programme.settings),
        "grace_until": day_end(after=now, days=grace, zone=programme.zone) if grace else None,
    }


def _policy(command: Reverse, settings: ProgrammeSettings) -> str:
    """Return the debt policy as the functions read it: `allow_debt:500` bounds the debt."""
    policy, cap = command.policy, command.debt_cap
    if policy is None:
        policy, cap = settings.debt_policy, settings.debt_cap
    if policy == "allow_debt" and not currencies.may_owe(command.programme_id, command.currency):
        policy = "within_balance"
    return policy if cap is None or policy != "allow_debt" else f"{policy}:{cap}"


def to_posted(values: Sequence[Any]) -> Posted:
    """Return an entry from the values of ENTRY_COLUMNS."""
    (
        entry_id, account_id, member_id, kind, points, balance_after, available, pending,
        held, debt, source, rule, reason, actor, reverses, cause, reservation_id,
        lots, lot_points, lot_expires, lot_moved, occurred_at, recorded_at,
    ) = values  # fmt: skip
    shares = zip(lots, lot_moved or lot_points, lot_expires, strict=True)
    return Posted(
        entry_id=entry_id,
        account_id=account_id,
        member_id=member_id,
        kind=kind,
        points=points,
        balance_after=balance_after,
        available=available,
        pending=pending,
        held=held,
        debt=debt,
        source=source,
        rule=rule,
        reason=reason,
        actor=actor,
        reverses=reverses,
        cause=cause,
        reservation_id=reservation_id,
        lots=tuple(LotShare(lot_id=i, points=p, expires_at=x) for i, p, x in shares),
        occurred_at=occurred_at,
        recorded_at=recorded_at,
    )


def to_outcome(rows: Iterable[Sequence[Any]]) -> Outcome:
    """Return what the reply rows of one command tell."""
    entries: list[Posted] = []
    replayed = duplicate = False
    uncovered = 0
    reservation_id: int | None = None
    for row in rows:
        _item, code, asked, had, replayed, duplicate, left, reservation_id = row[:_HEAD]
        if code is not None:
            return Outcome(problem=to_error(code, asked=asked, had=had))
        uncovered += left
        if row[_HEAD] is not None:
            entries.append(to_posted(row[_HEAD:]))
    return Outcome(
        entries=tuple(entries),
        replayed=replayed,
        duplicate=duplicate,
        uncovered=uncovered,
        debt=sum(entry.debt for entry in entries if entry.debt > 0),
        reservation_id=reservation_id,
    )


_ERRORS: dict[str, type[DomainError]] = {
    error.code: error
    for error in (
        errors.SourceConflictError,
        errors.KeyReusedError,
        errors.EntryNotFoundError,
        errors.AlreadyReversedError,
        errors.ReverseExceedsError,
        errors.EntryIsReversalError,
        errors.NotReversibleError,
        errors.ReservationNotFoundError,
        errors.ReservationClosedError,
        errors.ReservationExpiredError,
        errors.ReservationExceededError,
        errors.ExchangeNotFoundError,
        errors.TransferNotFoundError,
        errors.TransferUndoneError,
    )
}
_COUNTED: dict[str, type[errors.CountedRefusalError]] = {
    error.code: error
    for error in (
        errors.MemberLimitError,
        errors.PairLimitError,
        errors.ExchangeSpentError,
        errors.TransferSpentError,
    )
}


def to_error(code: str, *, asked: int, had: int) -> DomainError:
    """Return the error that a function's answer names."""
    if code == errors.InsufficientPointsError.code:
        return errors.InsufficientPointsError(asked=asked, spendable=had)
    if code == errors.AlreadyReversedError.code:
        return errors.AlreadyReversedError(left=had if asked else None)
    if code in _COUNTED:
        return _COUNTED[code](asked=asked, had=had)
    return _ERRORS[code]()
