"""Everything of one member to another, lot by lot: the ledger's part of a merge of members."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from config.kernel import outbox
from points import rows as _rows
from points.errors import InvalidTransferError
from points.events import PointsTransferred
from points.services.posting import ask, fields_of
from points.types import Outcome, Transferred

_COMMAND = f"ROW({', '.join(['%s'] * len(_rows.COLUMNS))})::points_command"
_TRANSFER = f"SELECT {fields_of('r')} FROM points_transfer({_COMMAND}, %s, %s) r"
_UNDO = f"SELECT {fields_of('r')} FROM points_transfer_undo({_COMMAND}, %s) r"


@transaction.atomic
def transfer(
    *,
    from_member_id: int,
    to_member_id: int,
    programme_id: int,
    key: str,
    source: str,
    reason: str = "",
    actor: str = "",
    now: datetime,
) -> Transferred:
    """Move all lots, reservations and debts of a member to another, in every currency.

    Expiries and waiting times stay as they are; a reservation answers under its old id. Once
    for a key: repeated, it answers with what it did.

    Raises:
        InvalidTransferError: both are the same member.
    """
    if from_member_id == to_member_id:
        raise InvalidTransferError()
    command = _command(from_member_id, programme_id, key, source, reason, actor, now)
    outcome = _rows.to_outcome(ask(_TRANSFER, [*_values(command), to_member_id, now]))
    moved = _moved(outcome)
    if moved.entries and not moved.replayed:
        outbox.publish(
            PointsTransferred(
                occurred_at=now,
                programme_id=programme_id,
                member_id=to_member_id,
                from_member_id=from_member_id,
                source=source,
                undone=False,
            ),
            now=now,
        )
    return moved


@transaction.atomic
def undo_transfer(
    *,
    from_member_id: int,
    programme_id: int,
    transfer_key: str,
    key: str,
    source: str,
    reason: str = "",
    actor: str = "",
    now: datetime,
) -> Transferred:
    """Move back what the transfer under `transfer_key` moved.

    What was spent of it meanwhile is made up from the receiver's other points; what expired
    meanwhile stays expired. Nothing moves when that does not suffice.

    Raises:
        TransferNotFoundError, TransferUndoneError: as they say.
        TransferSpentError: the receiver cannot cover what was spent.
    """
    command = _command(from_member_id, programme_id, key, source, reason, actor, now)
    command["cause"] = transfer_key
    # A refusal leaves by an exception, and takes with it what was moved before it.
    outcome = _rows.to_outcome(ask(_UNDO, [*_values(command), now]))
    moved = _moved(outcome)
    outbox.publish(
        PointsTransferred(
            occurred_at=now,
            programme_id=programme_id,
            member_id=from_member_id,
            from_member_id=moved.entries[0].member_id,
            source=source,
            undone=True,
        ),
        now=now,
    )
    return moved


def _command(
    member_id: int,
    programme_id: int,
    key: str,
    source: str,
    reason: str,
    actor: str,
    now: datetime,
) -> dict[str, Any]:
    return {
        "op": "transfer",
        "member_id": member_id,
        "programme_id": programme_id,
        "key": key,
        "source": source,
        "reason": reason,
        "actor": actor,
        "occurred_at": now,
    }


def _values(command: dict[str, Any]) -> list[Any]:
    return [command.get(name) for name in _rows.COLUMNS]


def _moved(outcome: Outcome) -> Transferred:
    if outcome.problem is not None:
        raise outcome.problem
    return Transferred(entries=outcome.entries, replayed=outcome.replayed)
