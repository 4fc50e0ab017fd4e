"""A reaction that kills whoever runs it is set apart, and takes no other with it."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from django.db import connection, transaction

from config.kernel import audit, handlers, outbox, relay
from config.kernel.events import Event
from config.kernel.models import AuditRecord, Delivery

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HARMLESS = 20
KILLED = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Poured(Event):
    name: ClassVar[str] = "tests.poured.v1"

    cup: int


@pytest.fixture
def poison():
    """The handler of the test event: one cup kills."""

    def drink(event: Poured, *, now: datetime) -> None:
        if event.cup == 0:
            os._exit(KILLED)
        audit.record(actor="t", action="tests.drunk", target=str(event.cup), now=now)

    handlers.handles(Poured)(drink)
    yield
    handlers.forget(drink)


def _deliver_in_a_process() -> int:
    """Run deliveries in a process of their own; return how it ended."""
    connection.close()
    with warnings.catch_warnings():
        # Newer Pythons warn of threads; the child uses none of the parent's.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        relay.deliver(queue="default", now=NOW)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_reaction_that_kills_its_worker_becomes_a_dead_letter(transactional_db, poison):
    with transaction.atomic():
        outbox.publish(*[Poured(cup=n, occurred_at=NOW) for n in range(1 + HARMLESS)], now=NOW)
    relay.claim(now=NOW)

    ends = [_deliver_in_a_process() for _ in range(relay.STARTS + 1)]

    assert ends == [KILLED] * relay.STARTS + [0]
    assert AuditRecord.objects.filter(action="tests.drunk").count() == HARMLESS
    [dead] = Delivery.objects.exclude(state=Delivery.State.DONE)
    assert dead.state == Delivery.State.DEAD
    assert dead.last_error.startswith("kernel.worker_lost")
