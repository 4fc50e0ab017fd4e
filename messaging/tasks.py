"""Messaging's Celery tasks."""

from __future__ import annotations

from celery import shared_task

from config.kernel import clock, schedule
from messaging import services


@shared_task(name="messaging.forget_old", acks_late=True)
def forget_old(**_: object) -> int:
    """Forget the texts of codes after a day, of other messages after half a year."""
    return services.forget_old(now=clock.now())


schedule.every(task="messaging.forget_old", cron="15 * * * *", queue="bulk")
