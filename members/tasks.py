"""Members' Celery tasks."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from config.kernel import clock, schedule
from members import services


@shared_task(name="members.forget_tickets", acks_late=True)
def forget_tickets(**_: object) -> int:
    """Delete sign-in tickets that ran out a day ago."""
    return services.forget_tickets(before=clock.now() - timedelta(days=1))


schedule.every(task="members.forget_tickets", cron="25 * * * *", queue="bulk")
