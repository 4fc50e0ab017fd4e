"""run_task and travel: tasks in the foreground, at any time."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from celery import shared_task
from django.conf import settings
from django.core.management import CommandError, call_command

from config.kernel import clock, instants


@shared_task(name="tests.tell_time")
def tell_time(*, shout: bool = False, **_: object) -> str:
    return clock.now().isoformat() + ("!" if shout else "")


def _run(*words: str) -> str:
    out = StringIO()
    call_command("run_task", *words, stdout=out)
    return out.getvalue()


def test_run_task_runs_it_as_if_at_the_time_told():
    assert '"2027-03-01T' in _run("tests.tell_time", "--now", "2027-03-01T09:00:00+00:00")
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)


def test_run_task_hands_arguments_over():
    assert '!"' in _run("tests.tell_time", "--kwargs", '{"shout": true}')


def test_run_task_names_the_tasks_there_are():
    with pytest.raises(CommandError, match=r"kernel\.relay"):
        _run("tests.unheard_of")


def test_run_task_refuses_what_is_no_time():
    with pytest.raises(CommandError, match="tomorrow"):
        _run("tests.tell_time", "--now", "tomorrow")


@pytest.mark.parametrize("name", ["kernel.relay", "kernel.prune"])
def test_the_kernel_tasks_run(db, name):
    assert name in _run(name)


def test_instants_without_offset_are_the_default_zones_wall_clock():
    assert instants.read("2027-03-01") == datetime(2027, 2, 28, 16, tzinfo=UTC)
    assert instants.read("2027-03-01T08:00Z") == datetime(2027, 3, 1, 8, tzinfo=UTC)
    assert instants.read("2027-07-01", zone="Europe/London") == datetime(
        2027, 6, 30, 23, tzinfo=UTC
    )


def test_travel_runs_a_command_as_if_at_another_time():
    done = subprocess.run(
        [
            *(sys.executable, "manage.py", "travel", "--to", "2027-03-01T12:00", "--"),
            *("shell", "-c", "from config.kernel import clock; print(clock.now())"),
        ],
        cwd=settings.BASE_DIR,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "2027-03-01 04:00:" in done.stdout


@pytest.mark.parametrize("words", [["--to", "2027-03-01"], ["--to", "someday", "--", "check"]])
def test_travel_says_what_is_missing(words):
    with pytest.raises(CommandError):
        call_command("travel", *words)


def test_travel_passes_on_how_the_command_ended():
    with pytest.raises(SystemExit):
        call_command("travel", "--to", "2027-03-01", "--", "no_such_command")
