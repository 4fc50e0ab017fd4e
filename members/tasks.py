"""Members' Celery tasks."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from config.kernel import clock, schedule
from config.kernel.sessions import SessionStore
from members import services


@shared_task(name="members.forget_tickets", acks_late=True)
def forget_tickets(**_: object) -> int:
    """Delete sign-in tickets that ran out a day ago."""
    return services.forget_tickets(before=clock.now() - timedelta(days=1))


@shared_task(name="members.forget_sessions", acks_late=True)
def forget_sessions(**_: object) -> None:
    """Delete sessions that have run out."""
    SessionStore.clear_expired()
    services.forget_sessions()


@shared_task(name="members.forget_attempts", acks_late=True)
def forget_attempts(**_: object) -> int:
    """Delete sign-ins that are older than they are useful."""
    return services.forget_attempts(before=clock.now() - timedelta(days=180))


@shared_task(name="members.forget_accesses", acks_late=True)
def forget_accesses(**_: object) -> int:
    """Delete what the access log has kept for three years."""
    now = clock.now()
    # Of 29 February there is no day three years before: the day after is soon enough.
    kept = now.replace(year=now.year - 3, day=min(now.day, 28))
    return services.forget_accesses(before=kept)


@shared_task(name="members.build_exports", acks_late=True)
def build_exports(**_: object) -> int:
    """Make the copies that members asked for."""
    return services.build_exports(now=clock.now())


@shared_task(name="members.forget_exports", acks_late=True)
def forget_exports(**_: object) -> int:
    """Delete copies whose seven days are over."""
    return services.forget_exports(now=clock.now())


@shared_task(name="members.erase_due", acks_late=True)
def erase_due(**_: object) -> int:
    """Erase members whose fifteen days are over."""
    return services.erase_due(now=clock.now())


@shared_task(name="members.build_bulk_exports", acks_late=True)
def build_bulk_exports(**_: object) -> int:
    """Write the exports that wait; return how many."""
    count = 0
    while services.build_next_bulk_export(clock=clock.now) is not None:
        count += 1
    return count


@shared_task(name="members.end_bulk_exports", acks_late=True)
def end_bulk_exports(**_: object) -> int:
    """Delete the files of exports whose week is over."""
    return services.end_bulk_exports(now=clock.now())


def send_bulk_exports() -> None:
    """Ask a worker to look at the exports that wait."""
    build_bulk_exports.apply_async(queue="bulk", countdown=1)


schedule.every(task="members.build_exports", seconds=15, queue="bulk")
schedule.every(task="members.forget_exports", cron="35 * * * *", queue="bulk")
schedule.every(task="members.erase_due", cron="*/15 * * * *", queue="bulk")
schedule.every(task="members.build_bulk_exports", seconds=15, queue="bulk")
schedule.every(task="members.end_bulk_exports", cron="40 * * * *", queue="bulk")
schedule.every(task="members.forget_sessions", cron="55 3 * * *", queue="bulk")
schedule.every(task="members.forget_accesses", cron="20 4 * * *", queue="bulk")
schedule.every(task="members.forget_attempts", cron="10 4 * * *", queue="bulk")
schedule.every(task="members.forget_tickets", cron="25 * * * *", queue="bulk")
