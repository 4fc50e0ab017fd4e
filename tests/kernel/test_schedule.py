"""Schedules are declared in code and belong to the operators once they have touched them."""

import pytest
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from config.kernel import schedule
from config.kernel.models import ScheduleDeclaration

NAME = "tests.nightly"


@pytest.fixture
def declare(db):
    def declare(**how):
        schedule.every(name=NAME, task="tests.task", **how)
        schedule.sync()

    yield declare
    schedule._entries.pop(NAME, None)


def test_migrate_has_written_the_relay_sweep(db):
    sweep = PeriodicTask.objects.get(name="kernel.relay")

    assert sweep.interval.every == 1
    assert sweep.expire_seconds == 5
    assert sweep.queue == "critical"


def test_sync_writes_a_crontab_in_the_default_zone(declare):
    declare(cron="5 0 * * *")

    row = PeriodicTask.objects.get(name=NAME)
    assert (row.crontab.minute, row.crontab.hour) == ("5", "0")
    assert str(row.crontab.timezone) == "Asia/Shanghai"


def test_sync_follows_a_changed_declaration(declare):
    declare(cron="5 0 * * *")
    declare(seconds=60)

    row = PeriodicTask.objects.get(name=NAME)
    assert row.crontab is None
    assert row.interval.every == 60


@pytest.mark.parametrize("edit", [{"enabled": False}, {"queue": "bulk"}])
def test_sync_keeps_what_an_operator_edited(declare, edit):
    declare(cron="5 0 * * *")
    PeriodicTask.objects.filter(name=NAME).update(**edit)

    declare(seconds=60)

    row = PeriodicTask.objects.get(name=NAME)
    assert row.crontab is not None
    assert {name: getattr(row, name) for name in edit} == edit


def test_sync_brings_back_what_was_deleted(declare):
    declare(seconds=61)
    IntervalSchedule.objects.get(every=61).delete()
    assert not PeriodicTask.objects.filter(name=NAME).exists()

    declare(seconds=61)

    assert PeriodicTask.objects.get(name=NAME).interval.every == 61


def test_sync_deletes_what_the_code_no_longer_declares(declare):
    declare(cron="5 0 * * *")
    schedule._entries.pop(NAME)

    schedule.sync()

    assert not PeriodicTask.objects.filter(name=NAME).exists()
    assert not ScheduleDeclaration.objects.filter(name=NAME).exists()


def test_every_asks_for_seconds_or_cron():
    with pytest.raises(ValueError, match="seconds or cron"):
        schedule.every(task="tests.task")
