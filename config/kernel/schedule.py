"""What runs when: declared beside the tasks, kept in the database for operators to change.

`sync` runs after every migrate. It writes new and changed declarations, and leaves alone
what an operator has edited since.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One declared repetition of a task: every so many seconds, or by a crontab line."""

    name: str
    task: str
    queue: str
    seconds: int | None = None
    cron: str | None = None
    kwargs: str = "{}"

    @property
    def expires_after(self) -> int:
        """How long a message may wait: workers that come back must not find a backlog."""
        return max(5, self.seconds) if self.seconds is not None else 3600


_entries: dict[str, Entry] = {}


def every(
    *,
    task: str,
    seconds: int | None = None,
    cron: str | None = None,
    queue: str = "default",
    name: str | None = None,
    kwargs: dict[str, Any] | None = None,
) -> None:
    """Declare that `task` runs every `seconds`, or by `cron` ("m h day month weekday").

    Crontab lines are read in the default zone (settings.DEFAULT_ZONE).
    """
    if (seconds is None) == (cron is None):
        raise ValueError("give seconds or cron")
    entry = Entry(
        name=name or task,
        task=task,
        queue=queue,
        seconds=seconds,
        cron=cron,
        kwargs=json.dumps(kwargs or {}, sort_keys=True),
    )
    _entries[entry.name] = entry


def entries() -> list[Entry]:
    """Return what is declared."""
    return list(_entries.values())


def sync(**_: Any) -> None:
    """Bring the beat tables up to the declarations (post_migrate receiver)."""
    from config.kernel.models import ScheduleDeclaration

    with transaction.atomic():
        known = {row.name: row for row in ScheduleDeclaration.objects.select_for_update()}
        for entry in _entries.values():
            _sync_entry(entry, known.pop(entry.name, None))
        for gone in known.values():
            _drop(gone)


def _sync_entry(entry: Entry, declared: Any) -> None:
    from django_celery_beat.models import PeriodicTask

    from config.kernel.models import ScheduleDeclaration

    wanted = _wanted(entry)
    present = PeriodicTask.objects.filter(name=entry.name).first()
    if present is None:
        # Deleted is no decision (an interval takes all its tasks along); switched off is.
        _write(PeriodicTask(name=entry.name), entry)
    elif declared is not None:
        if declared.declared == wanted:
            return
        # An operator who edited the row has decided otherwise.
        if _shape(present) == declared.declared:
            _write(present, entry)
    ScheduleDeclaration.objects.update_or_create(name=entry.name, defaults={"declared": wanted})


def _drop(declaration: Any) -> None:
    from django_celery_beat.models import PeriodicTask

    present = PeriodicTask.objects.filter(name=declaration.name).first()
    if present is not None and _shape(present) == declaration.declared:
        present.delete()
    declaration.delete()


def _wanted(entry: Entry) -> dict[str, Any]:
    return {
        "task": entry.task,
        "queue": entry.queue,
        "kwargs": entry.kwargs,
        "seconds": entry.seconds,
        "cron": entry.cron,
        "enabled": True,
    }


def _shape(row: Any) -> dict[str, Any]:
    cron = row.crontab
    parts = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
    return {
        "task": row.task,
        "queue": row.queue,
        "kwargs": row.kwargs,
        "seconds": row.interval.every if row.interval is not None else None,
        "cron": None if cron is None else " ".join(getattr(cron, part) for part in parts),
        "enabled": row.enabled,
    }


def _write(row: Any, entry: Entry) -> None:
    from django_celery_beat.models import CrontabSchedule, IntervalSchedule

    row.task, row.queue, row.kwargs = entry.task, entry.queue, entry.kwargs
    row.expires, row.expire_seconds = None, entry.expires_after
    row.interval = row.crontab = None
    if entry.seconds is not None:
        row.interval, _ = IntervalSchedule.objects.get_or_create(
            every=entry.seconds, period=IntervalSchedule.SECONDS
        )
    elif entry.cron is not None:
        minute, hour, day, month, weekday = entry.cron.split()
        row.crontab, _ = CrontabSchedule.objects.get_or_create(
            minute=minute,
            hour=hour,
            day_of_month=day,
            month_of_year=month,
            day_of_week=weekday,
            timezone=settings.DEFAULT_ZONE,
        )
    row.save()
