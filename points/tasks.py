"""What time does to the ledger, and its nightly proof."""

from __future__ import annotations

import logging

from celery import shared_task

from config.kernel import clock, schedule
from members.programmes import selectors as programmes_selectors
from points import services

log = logging.getLogger(__name__)


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


@shared_task(name="points.remind_expiring", acks_late=True)
def remind_expiring(**_: object) -> int:
    """Tell members what will expire: 30 days before, and each week after that."""
    return services.remind_all(now=clock.now())


@shared_task(name="points.reconcile", acks_late=True)
def reconcile(*, started_by: str = "system", **_: object) -> int:
    """Prove the ledger; the service raises an alarm when it does not add up."""
    try:
        found = services.prove(started_by=started_by, now=clock.now())
    except services.ProofRunningError:
        log.warning("the ledger is being proved already")
        return 0
    if found:
        log.error("the ledger does not reconcile: %d differences", found)
    return found


@shared_task(name="points.watch_proof", acks_late=True)
def watch_proof(**_: object) -> bool:
    """Raise an alarm when the proof has not run."""
    return services.watch(now=clock.now())


@shared_task(name="points.roll_up_liability", acks_late=True)
def roll_up_liability(**_: object) -> int:
    """Take new entries into the roll-up of outstanding points."""
    total = 0
    while done := services.roll_up(now=clock.now()):
        total += done
    return total


@shared_task(name="points.verify_liability", acks_late=True)
def verify_liability(**_: object) -> int:
    """Compare the roll-up with the entries, make it anew if it differs, look for inflation."""
    now = clock.now()
    differing = services.verify_roll_up(now=now)
    for programme in programmes_selectors.list_programmes():
        services.watch_inflation(programme_id=programme.id, now=now)
    return differing


schedule.every(task="points.expire_due", cron="5 * * * *", queue="bulk")
schedule.every(task="points.activate_due", seconds=300, queue="bulk")
schedule.every(task="points.lapse_holds", seconds=60, queue="bulk")
schedule.every(task="points.remind_expiring", cron="0 10 * * *", queue="bulk")
schedule.every(task="points.reconcile", cron="30 3 * * *", queue="bulk")
schedule.every(task="points.watch_proof", cron="50 * * * *")
schedule.every(task="points.roll_up_liability", seconds=60, queue="bulk")
schedule.every(task="points.verify_liability", cron="10 4 * * *", queue="bulk")
