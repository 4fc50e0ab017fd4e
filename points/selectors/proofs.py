"""How the proofs of the ledger stand: the last one, and whether one is overdue."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from points.models.accounting import Proof
from points.types import ProofStanding

# Nightly, with two hours of grace.
OVERDUE = timedelta(hours=26)
_ENDED = (Proof.State.CLEAN, Proof.State.DIFFERS)

_COUNTS = """
SELECT (SELECT count(*) FROM points_account),
       (SELECT count(*) FROM points_entry),
       (SELECT count(*) FROM points_lot)
"""
_FIGURES = """
SELECT programme_id, currency, count(*), sum(available)::bigint, sum(pending)::bigint,
       sum(held)::bigint, sum(debt)::bigint
  FROM points_account GROUP BY 1, 2 ORDER BY 1, 2
"""


def get_standing(*, now: datetime) -> ProofStanding:
    """Return what the last proof that came to its end said, and whether the next is overdue."""
    last = Proof.objects.filter(state__in=_ENDED).order_by("-started_at").first()
    if last is None:
        # A new installation owes its first proof a day after the watch began.
        first = Proof.objects.order_by("id").first()
        return ProofStanding(overdue=first is not None and first.started_at <= now - OVERDUE)
    return ProofStanding(
        proof_id=last.pk,
        proved_at=last.started_at,
        differences=last.differences,
        overdue=last.started_at <= now - OVERDUE,
    )


def is_missed_known(*, now: datetime) -> bool:
    """Tell whether the watch has said within a day that a proof is missing."""
    since = now - timedelta(hours=24)
    return Proof.objects.filter(state=Proof.State.MISSED, started_at__gt=since).exists()


def has_begun() -> bool:
    """Tell whether there is any row: a proof, or the beginning of the watch."""
    return Proof.objects.exists()


def count_rows() -> tuple[int, int, int]:
    """Return how many accounts, entries and lots there are."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        accounts, entries, lots = cursor.fetchone()
    return accounts, entries, lots


def sum_figures() -> list[dict[str, int | str]]:
    """Return what accounts hold, by programme and currency."""
    names = ("programme_id", "currency", "accounts", "available", "pending", "held", "debt")
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES)
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
