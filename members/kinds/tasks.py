"""Celery entries of kinds."""

from __future__ import annotations

from collections.abc import Callable

from celery import shared_task

from config.kernel import clock, schedule
from members.kinds import services
from members.programmes import selectors as programmes_selectors

# Bounded well below the broker's patience; beat calls again.
_BITES = 50


@shared_task(name="kinds.lapse_due", acks_late=True)
def lapse_due(**_: object) -> int:
    """End the memberships of kinds whose time is over; return how many were looked at."""
    return _in_bites(services.lapse_due)


@shared_task(name="kinds.remind_due", acks_late=True)
def remind_due(**_: object) -> int:
    """Tell whose membership of a kind ends soon; return how many."""
    return _in_bites(services.remind_due)


@shared_task(name="kinds.forget_invitations", acks_late=True)
def forget_invitations(**_: object) -> int:
    """Delete invitations that ran out a month ago."""
    return services.forget_invitations(now=clock.now())


def _in_bites(serve: Callable[..., int]) -> int:
    done = 0
    for programme in programmes_selectors.list_programmes():
        for _ in range(_BITES):
            taken = serve(programme_id=programme.id, now=clock.now())
            if not taken:
                break
            done += taken
    return done


schedule.every(task="kinds.lapse_due", seconds=300, queue="bulk")
schedule.every(task="kinds.remind_due", cron="20 9 * * *", queue="bulk")
schedule.every(task="kinds.forget_invitations", cron="40 4 * * *", queue="bulk")
