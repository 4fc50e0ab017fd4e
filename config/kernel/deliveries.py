"""What an operator does with dead letters: try again, or give up on one, with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db import transaction

from config.kernel import audit, wake
from config.kernel.errors import ConflictError, InvalidError, NotFoundError
from config.kernel.models import Delivery


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


@transaction.atomic
def _settle(
    delivery_id: int, act: Literal["retry", "drop"], *, actor: str, reason: str, now: datetime
) -> None:
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
        delivery.settled_at = None
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
