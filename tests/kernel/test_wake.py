"""Waking the relay: a hint that nobody waits for and nothing depends on."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from celery import Celery, current_app
from django.db import transaction

from config.kernel import outbox, wake
from config.kernel.events import Event
from config.kernel.models import OutboxEvent

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knocked(Event):
    name: ClassVar[str] = "tests.knocked.v1"


@pytest.fixture
def sent(settings, monkeypatch):
    """Waking is on; yields what was sent, and an event set with each."""
    settings.OUTBOX_WAKE = True
    monkeypatch.setattr(wake, "_waker", wake._Waker())
    names: list[str] = []
    heard = threading.Event()

    def send_task(name, **_):
        names.append(name)
        heard.set()

    monkeypatch.setattr(current_app, "send_task", send_task)
    return names, heard


def _publish() -> None:
    outbox.publish(Knocked(occurred_at=NOW), now=NOW)


def test_a_commit_with_events_wakes_the_relay(transactional_db, sent):
    names, heard = sent

    with transaction.atomic():
        _publish()
        assert names == []

    assert heard.wait(5)
    assert names == ["kernel.relay"]


def test_a_rollback_wakes_nobody(transactional_db, sent):
    names, heard = sent

    with transaction.atomic():
        _publish()
        transaction.set_rollback(True)

    assert not heard.wait(0.2)
    assert names == []


def test_many_commits_wake_a_few_times(transactional_db, sent):
    names, heard = sent

    started = time.monotonic()
    for _ in range(50):
        with transaction.atomic():
            _publish()
    assert heard.wait(5)
    took = time.monotonic() - started

    assert len(names) <= took / wake.PAUSE + 2


def test_a_change_commits_at_once_when_the_broker_is_down(transactional_db, sent, monkeypatch):
    committed, reached = threading.Event(), threading.Event()
    in_time: list[bool] = []

    def send_task(name, **_):
        in_time.append(committed.wait(5))
        reached.set()
        raise ConnectionError("no broker")

    monkeypatch.setattr(current_app, "send_task", send_task)

    with transaction.atomic():
        _publish()
    committed.set()

    assert reached.wait(10)
    assert in_time[0], "the commit waited for the broker"
    assert OutboxEvent.objects.count() == 1


def test_the_broker_that_is_really_not_there_is_only_logged(monkeypatch, caplog):
    nowhere = Celery(broker="redis://127.0.0.1:1/0", set_as_current=False)
    monkeypatch.setattr("config.kernel.wake.current_app", nowhere)

    assert wake._send() is False
    assert "could not be woken" in caplog.text
