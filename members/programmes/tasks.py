"""Celery entry points of programmes."""

from __future__ import annotations

from celery import shared_task

from config.kernel import clock, schedule
from members.programmes import services


@shared_task(name="programmes.clear_tokens", acks_late=True)
def clear_tokens(**_: object) -> int:
    """Delete the API tokens that have expired."""
    return services.clear_tokens(now=clock.now())


schedule.every(task="programmes.clear_tokens", cron="20 3 * * *", queue="bulk")
