"""Celery entries of loyalty."""

from __future__ import annotations

from celery import shared_task

from config.kernel import clock, schedule
from loyalty import services
from members.programmes import selectors as programmes_selectors

# Bounded well below the broker's patience; beat calls again.
_BITES = 100


@shared_task(name="loyalty.evaluate_due", acks_late=True)
def evaluate_due(**_: object) -> int:
    """Evaluate the tiers that are due in every programme; return how many."""
    return sum(
        services.evaluate_programme(programme_id=programme.id, now=clock.now(), bites=_BITES)
        for programme in programmes_selectors.list_programmes()
    )


schedule.every(task="loyalty.evaluate_due", seconds=300, queue="bulk")
