"""A worker killed in the middle of its work loses nothing and repeats nothing in effect."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

from config.kernel import clock, outbox
from config.kernel.models import AuditRecord, Delivery
from tests.kernel.bells import Tolled, count_stroke
from tests.waiting import wait_until

EVENTS = 1000


@contextmanager
def _worker(tmp_path) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker on the test database, in a process group of its own."""
    database = connection.settings_dict
    url = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}"
        f"@{database['HOST']}:{database['PORT']}"
        f"/{database['NAME']}?options=-c%20role%3D{settings.APP_ROLE}"
    )
    command = [
        *(sys.executable, "-m", "celery", "-A", "config.celery", "worker"),
        *("-I", "tests.kernel.bells", "-Q", "critical,default", "-c", "2", "-l", "WARNING"),
        *("--without-gossip", "--without-mingle"),
    ]
    with open(tmp_path / "worker.log", "ab") as log:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": url, "OUTBOX_WAKE": "0"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def _sweep_until(reached, *, seconds: float = 240) -> None:
    """Send what beat sends each second, until `reached`."""
    from config.celery import app

    def beat() -> None:
        app.send_task("kernel.relay", queue="critical", expires=5)

    wait_until(reached, seconds=seconds, each=beat, pause=0.1)


def _done() -> int:
    return AuditRecord.objects.filter(action="tests.tolled").count()


def test_events_in_flight_when_a_worker_is_killed_take_effect_once(transactional_db, tmp_path):
    from config.celery import app

    app.control.purge()
    with transaction.atomic():
        now = clock.now()
        outbox.publish(*[Tolled(stroke=n, occurred_at=now) for n in range(EVENTS)], now=now)

    with _worker(tmp_path) as first:
        _sweep_until(lambda: _done() > 0)
        _kill(first)
    after_the_kill = _done()
    with _worker(tmp_path):
        _sweep_until(
            lambda: _done() >= EVENTS and not Delivery.objects.exclude(state="done").exists()
        )

    assert 0 < after_the_kill < EVENTS, "the kill came when nothing was in flight"
    strokes = AuditRecord.objects.filter(action="tests.tolled").values_list("target", flat=True)
    assert sorted(map(int, strokes)) == list(range(EVENTS))
    assert count_stroke.__module__ == "tests.kernel.bells"
    app.control.purge()
