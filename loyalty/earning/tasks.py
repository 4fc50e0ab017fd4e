"""Celery entries of earning."""

from __future__ import annotations

from celery import shared_task

from config.kernel import clock, schedule
from loyalty.earning import services
from members.programmes import selectors as programmes_selectors


@shared_task(name="earning.reward_birthdays", acks_late=True)
def reward_birthdays(**_: object) -> int:
    """Give the birthday gifts that are due in every programme; return how many."""
    return sum(
        services.reward_birthdays(programme_id=programme.id, now=clock.now())
        for programme in programmes_selectors.list_programmes()
    )


# Every hour, because each programme's day begins at its own.
schedule.every(task="earning.reward_birthdays", cron="10 * * * *", queue="bulk")
