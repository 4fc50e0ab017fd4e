"""What time does in the mall: unpaid and unclaimed orders go back, addresses are forgotten."""

from __future__ import annotations

import logging

from celery import shared_task

from config.kernel import clock, schedule
from points.mall import selectors, services

log = logging.getLogger(__name__)


@shared_task(name="mall.return_unpaid", acks_late=True)
def return_unpaid(**_: object) -> int:
    """Give back points and stock of orders whose time to pay is over."""
    return services.return_unpaid(now=clock.now())


@shared_task(name="mall.return_unclaimed", acks_late=True)
def return_unclaimed(**_: object) -> int:
    """Give back points and stock of orders that nobody came to collect."""
    return services.return_unclaimed(now=clock.now())


@shared_task(name="mall.forget_old", acks_late=True)
def forget_old(**_: object) -> int:
    """Forget where parcels went long ago."""
    return services.forget_old(now=clock.now())


@shared_task(name="mall.reconcile", acks_late=True)
def reconcile(**_: object) -> int:
    """Prove that stock, codes and orders tell the same story."""
    found = selectors.list_differences()
    for line in found:
        log.error("the mall does not reconcile: %s", line)
    return len(found)


schedule.every(task="mall.return_unpaid", seconds=60, queue="bulk")
schedule.every(task="mall.return_unclaimed", cron="15 * * * *", queue="bulk")
schedule.every(task="mall.forget_old", cron="50 3 * * *", queue="bulk")
schedule.every(task="mall.reconcile", cron="40 3 * * *", queue="bulk")
