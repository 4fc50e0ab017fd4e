"""What time does to the ledger, and its nightly proof."""

from __future__ import annotations

import logging

from celery import shared_task

from config.kernel import clock, schedule
from points import selectors, services

log = logging.getLogger(__name__)

_EXAMPLES = 20


@shared_task(name="points.expire_due", acks_late=True)
def expire_due(**_: object) -> int:
    """Expire the lots whose date has passed."""
    return services.sweep_all(job="expire", now=clock.now())


@shared_task(name="points.activate_due", acks_late=True)
def activate_due(**_: object) -> int:
    """Make pending points available whose return window has passed."""
    return services.sweep_all(job="activate", now=clock.now())


@shared_task(name="points.lapse_holds", acks_late=True)
def lapse_holds(**_: object) -> int:
    """Give back what reservations past their time still hold."""
    return services.sweep_all(job="lapse", now=clock.now())


@shared_task(name="points.reconcile", acks_late=True)
def reconcile(**_: object) -> int:
    """Prove the ledger; raise an alarm when it does not add up."""
    found = [str(difference) for difference in selectors.reconcile()]
    if found:
        log.error("the ledger does not reconcile: %d differences", len(found))
        services.raise_alarm(differences=len(found), examples=found[:_EXAMPLES], now=clock.now())
    return len(found)


schedule.every(task="points.expire_due", cron="5 * * * *", queue="bulk")
schedule.every(task="points.activate_due", seconds=300, queue="bulk")
schedule.every(task="points.lapse_holds", seconds=60, queue="bulk")
schedule.every(task="points.reconcile", cron="30 3 * * *", queue="bulk")
