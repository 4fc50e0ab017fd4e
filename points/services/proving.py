"""Prove the ledger, keep what came of it, and raise the alarm when it fails or is missing."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from config.kernel import outbox
from points.errors import ProofRunningError
from points.events import LedgerDiffers, LedgerUnproven
from points.models.accounting import Proof
from points.selectors import proofs
from points.selectors.reconciliation import Difference, reconcile

_KEPT = 200
_TOLD = 20
# A proof that has run for so long has lost its worker.
_ABANDONED = timedelta(hours=6)


def prove(*, started_by: str, now: datetime) -> int:
    """Compare entries, lots, reservations and accounts of everyone; return how many differ.

    The row tells how far it is while it runs.

    Raises:
        ProofRunningError: another one runs.
    """
    proof = _begin(started_by=started_by, now=now)
    started = time.monotonic()

    def progress(done: int, total: int) -> None:
        Proof.objects.filter(pk=proof.pk).update(done=done, total=total)

    found: list[Difference] = []
    try:
        found.extend(reconcile(progress=progress))
        figures = _figures()
    except Exception as error:
        _end(proof, started, state=Proof.State.FAILED, problem=type(error).__name__)
        raise
    state = Proof.State.DIFFERS if found else Proof.State.CLEAN
    with transaction.atomic():
        _end(
            proof,
            started,
            state=state,
            differences=len(found),
            examples=[_example(difference) for difference in found[:_KEPT]],
            **figures,
        )
        if found:
            outbox.publish(
                LedgerDiffers(
                    occurred_at=now,
                    proof_id=proof.pk,
                    differences=len(found),
                    examples=[str(difference) for difference in found[:_TOLD]],
                ),
                now=now,
            )
    return len(found)


@transaction.atomic
def watch(*, now: datetime) -> bool:
    """Raise the alarm, once a day, when no proof has come to its end for 26 hours."""
    if not proofs.has_begun():
        Proof.objects.create(
            state=Proof.State.BEGAN, started_by="system", started_at=now, finished_at=now
        )
    standing = proofs.get_standing(now=now)
    if not standing.overdue or proofs.is_missed_known(now=now):
        return False
    missed = Proof.objects.create(
        state=Proof.State.MISSED, started_by="system", started_at=now, finished_at=now
    )
    last = standing.proved_at
    outbox.publish(
        LedgerUnproven(
            occurred_at=now,
            proof_id=missed.pk,
            last_proved_at=None if last is None else last.isoformat(),
        ),
        now=now,
    )
    return True


def _begin(*, started_by: str, now: datetime) -> Proof:
    Proof.objects.filter(state=Proof.State.RUNNING, started_at__lt=now - _ABANDONED).update(
        state=Proof.State.FAILED, finished_at=now, problem="abandoned"
    )
    try:
        with transaction.atomic():
            return Proof.objects.create(started_by=started_by, started_at=now)
    except IntegrityError:
        raise ProofRunningError() from None


def _end(proof: Proof, started: float, *, state: Proof.State, **values: Any) -> None:
    took = int((time.monotonic() - started) * 1000)
    Proof.objects.filter(pk=proof.pk).update(
        state=state,
        milliseconds=took,
        finished_at=proof.started_at + timedelta(milliseconds=took),
        **values,
    )


def _figures() -> dict[str, Any]:
    accounts, entries, lots = proofs.count_rows()
    return {
        "accounts": accounts,
        "entries": entries,
        "lots": lots,
        "figures": proofs.sum_figures(),
    }


def _example(difference: Difference) -> dict[str, Any]:
    return {
        "check": difference.check,
        "member_id": difference.member_id,
        "row_id": difference.row_id,
        "detail": difference.detail[:500],
    }
