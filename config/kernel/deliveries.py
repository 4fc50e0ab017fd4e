"""What an operator does with dead letters: try again, or give up on one, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import connection, transaction
from django.db.models import QuerySet

from config.kernel import audit, wake
from config.kernel.errors import ConflictError, InvalidError, NotFoundError
from config.kernel.models import Delivery

Act = Literal["retry", "drop"]

# A list of what is dead looks at so many; a press of a button settles so many at most.
_LOOKED_AT = 20_000
_CHUNK = 1_000

_DEAD = """
SELECT handler, count(*), min(settled_at), (array_agg(last_error ORDER BY id DESC))[1]
FROM (
  SELECT id, handler, settled_at, last_error FROM kernel_delivery
  WHERE state = 'dead' ORDER BY id DESC LIMIT %s
) AS latest
GROUP BY handler ORDER BY count(*) DESC, handler
"""


class DeliveryNotFoundError(NotFoundError):
    """There is no such delivery."""

    code = "delivery.not_found"


class DeliverySettledError(ConflictError):
    """The delivery is done or dropped already."""

    code = "delivery.settled"


class ReasonMissingError(InvalidError):
    """A staff act needs a reason."""

    code = "audit.reason_missing"


def retry_delivery(*, delivery_id: int, actor: str, reason: str, now: datetime) -> None:
    """Let a dead or waiting delivery be tried again at once, with all its attempts.

    Raises:
        DeliveryNotFoundError, DeliverySettledError, ReasonMissingError: as they say.
    """
    _settle(delivery_id, "retry", actor=actor, reason=reason, now=now)


def drop_delivery(*, delivery_id: int, actor: str, reason: str, now: datetime) -> None:
    """Give up on a delivery: its handler will never react to this event.

    Raises:
        DeliveryNotFoundError, DeliverySettledError, ReasonMissingError: as they say.
    """
    _settle(delivery_id, "drop", actor=actor, reason=reason, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """How many deliveries of a handler are dead, since when, and what went wrong last."""

    handler: str
    count: int
    oldest: datetime
    error: str


def dead_by_handler() -> list[Dead]:
    """Return what is dead by handler, most first; of a flood only the latest are counted."""
    with connection.cursor() as cursor:
        cursor.execute(_DEAD, [_LOOKED_AT])
        return [
            Dead(handler=handler, count=count, oldest=oldest, error=error)
            for handler, count, oldest, error in cursor.fetchall()
        ]


def count_waiting() -> int:
    """Return how many deliveries wait, up to a bound."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    return waiting.values("pk")[:_LOOKED_AT].count()


def settle_many(
    *,
    act: Act,
    ids: Sequence[int] = (),
    handler: str | None = None,
    actor: str,
    reason: str,
    now: datetime,
) -> int:
    """Try again or drop the deliveries named, or all dead ones (of a handler); return how many.

    What is settled meanwhile is passed over. Each chunk is one transaction with its line in
    the audit trail.

    Raises:
        ReasonMissingError: no reason is given.
    """
    if not reason.strip():
        raise ReasonMissingError("say why")
    unsettled = Delivery.objects.filter(state__in=[Delivery.State.WAITING, Delivery.State.DEAD])
    if ids:
        return _settle_chunk(unsettled.filter(id__in=ids), act, actor, reason, now)
    dead = Delivery.objects.filter(state=Delivery.State.DEAD)
    if handler is not None:
        dead = dead.filter(handler=handler)
    settled = 0
    while settled < _LOOKED_AT and (more := _settle_chunk(dead, act, actor, reason, now)):
        settled += more
    return settled


@transaction.atomic
def _settle_chunk(
    found: QuerySet[Delivery], act: Act, actor: str, reason: str, now: datetime
) -> int:
    chosen = list(
        found.order_by("id")
        .select_for_update(skip_locked=True)
        .values_list("id", flat=True)[:_CHUNK]
    )
    if not chosen:
        return 0
    rows = Delivery.objects.filter(id__in=chosen)
    if act == "retry":
        rows.update(state=Delivery.State.WAITING, attempts=0, starts=0, due_at=now, settled_at=None)
        wake.after_commit()
    else:
        rows.update(state=Delivery.State.DROPPED, settled_at=now)
    audit.record(
        actor=actor,
        action=f"delivery.{act}",
        target=f"deliveries:{chosen[0]}–{chosen[-1]}",
        reason=reason,
        after={"count": len(chosen), "ids": chosen},
        now=now,
    )
    return len(chosen)


@transaction.atomic
def _settle(delivery_id: int, act: Act, *, actor: str, reason: str, now: datetime) -> None:
    if not reason.strip():
        raise ReasonMissingError("say why")
    delivery = Delivery.objects.select_for_update().filter(id=delivery_id).first()
    if delivery is None:
        raise DeliveryNotFoundError()
    if delivery.state in (Delivery.State.DONE, Delivery.State.DROPPED):
        raise DeliverySettledError(f"it is {delivery.state}")
    before = {"state": delivery.state, "attempts": delivery.attempts}
    if act == "retry":
        delivery.state, delivery.attempts, delivery.due_at = Delivery.State.WAITING, 0, now
        delivery.starts, delivery.settled_at = 0, None
        wake.after_commit()
    else:
        delivery.state, delivery.settled_at = Delivery.State.DROPPED, now
    delivery.save()
    audit.record(
        actor=actor,
        action=f"delivery.{act}",
        target=f"delivery:{delivery_id}",
        reason=reason,
        before=before,
        after={"state": delivery.state, "handler": delivery.handler},
        now=now,
    )
