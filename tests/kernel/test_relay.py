"""The relay: every event to every handler, once in effect, failures set apart."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import connection, transaction

from config.kernel import audit, deliveries, handlers, outbox, relay
from config.kernel.events import Event
from config.kernel.models import AuditRecord, Delivery, OutboxEvent

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRung(Event):
    name: ClassVar[str] = "tests.bell_rung.v1"

    tone: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperHeard(Event):
    name: ClassVar[str] = "tests.whisper_heard.v1"
    secret: ClassVar[bool] = True

    words: str


@pytest.fixture
def heard():
    """Handlers for the test events; yields what they were called with."""
    calls: list[tuple[str, Event, datetime]] = []

    def ring(event: BellRung, *, now: datetime) -> None:
        calls.append(("ring", event, now))
        if event.tone == "false":
            audit.record(actor="t", action="half", target="x", now=now)
            raise ValueError("a secret: 13800138000")

    def echo(event: BellRung, *, now: datetime) -> None:
        calls.append(("echo", event, now))

    def listen(event: WhisperHeard, *, now: datetime) -> None:
        calls.append(("listen", event, now))

    handlers.handles(BellRung)(ring)
    handlers.handles(BellRung, queue="bulk")(echo)
    handlers.handles(WhisperHeard, queue="critical")(listen)
    yield calls
    for function in (ring, echo, listen):
        handlers.forget(function)


def _publish(*events: Event) -> None:
    with transaction.atomic():
        outbox.publish(*events, now=NOW)


def _bell(tone: str = "c") -> BellRung:
    return BellRung(tone=tone, occurred_at=NOW, member_id=7, until=NOW + timedelta(days=1))


def test_publish_outside_a_transaction_is_refused(transactional_db):
    with pytest.raises(outbox.OutsideTransactionError):
        outbox.publish(_bell(), now=NOW)


def test_drain_gives_each_handler_the_event_as_it_was(db, heard):
    _publish(_bell())

    relay.drain(NOW)

    assert sorted(name for name, _, _ in heard) == ["echo", "ring"]
    assert {event for _, event, _ in heard} == {_bell()}
    assert {now for _, _, now in heard} == {NOW}


def test_drain_delivers_nothing_twice(db, heard):
    _publish(_bell())

    assert relay.drain(NOW) == 2
    assert relay.drain(NOW) == 0


def test_secret_events_are_not_readable_in_the_table(db, heard):
    _publish(WhisperHeard(words="13800138000", occurred_at=NOW))

    with connection.cursor() as cursor:
        cursor.execute("SELECT kernel_outboxevent::text FROM kernel_outboxevent")
        assert "13800138000" not in cursor.fetchone()[0]
    relay.drain(NOW)
    assert [event.words for _, event, _ in heard if isinstance(event, WhisperHeard)] == [
        "13800138000"
    ]


def test_an_event_nobody_handles_is_relayed_and_done(db):
    _publish(_bell())

    relay.drain(NOW)

    assert OutboxEvent.objects.filter(relayed_at__isnull=True).count() == 0
    assert Delivery.objects.count() == 0


def test_a_failing_handler_leaves_nothing_but_its_failure(db, heard):
    _publish(_bell("false"))

    relay.drain(NOW, strict=False)

    assert not AuditRecord.objects.filter(action="half").exists()
    failed = Delivery.objects.get(state="waiting")
    assert failed.attempts == 1
    assert failed.due_at == NOW + relay.BACK_OFF[0]
    assert Delivery.objects.get(handler__contains="echo").state == "done"


def test_the_error_text_names_the_place_and_no_person(db, heard):
    _publish(_bell("false"))

    relay.drain(NOW, strict=False)

    text = Delivery.objects.get(state="waiting").last_error
    assert text.startswith("ValueError in ring")
    assert "138" not in text


def test_a_delivery_is_dead_after_its_last_attempt(db, heard):
    _publish(_bell("false"))
    at = NOW

    for wait in (timedelta(), *relay.BACK_OFF):
        at += wait
        relay.drain(at, strict=False)

    dead = Delivery.objects.get(state="dead")
    assert dead.attempts == relay.ATTEMPTS
    assert relay.drain(at + timedelta(days=30), strict=False) == 0


def test_a_handler_the_code_no_longer_has_fails_and_stays(db, heard):
    _publish(_bell())
    relay.claim(now=NOW)
    Delivery.objects.filter(queue="bulk").update(handler="gone.away")

    relay.drain(NOW, strict=False)

    assert Delivery.objects.get(handler="gone.away").last_error.startswith("kernel.handler_gone")


def _kill_one(heard) -> Delivery:
    _publish(_bell("false"))
    relay.drain(NOW, strict=False)
    Delivery.objects.filter(state="waiting").update(state="dead", attempts=relay.ATTEMPTS)
    return Delivery.objects.get(state="dead")


def test_retry_delivery_lets_a_dead_one_run_again(db, heard):
    dead = _kill_one(heard)

    deliveries.retry_delivery(delivery_id=dead.pk, actor="staff:1", reason="fixed", now=NOW)

    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("waiting", 0)
    record = AuditRecord.objects.get(action="delivery.retry")
    assert (record.actor, record.reason) == ("staff:1", "fixed")


def test_drop_delivery_gives_up_with_a_record(db, heard):
    dead = _kill_one(heard)

    deliveries.drop_delivery(delivery_id=dead.pk, actor="staff:1", reason="never mind", now=NOW)

    dead.refresh_from_db()
    assert dead.state == "dropped"
    with pytest.raises(deliveries.DeliverySettledError):
        deliveries.retry_delivery(delivery_id=dead.pk, actor="staff:1", reason="oh", now=NOW)


def test_acts_on_deliveries_need_a_reason_and_a_delivery(db, heard):
    dead = _kill_one(heard)

    with pytest.raises(deliveries.ReasonMissingError):
        deliveries.drop_delivery(delivery_id=dead.pk, actor="staff:1", reason=" ", now=NOW)
    with pytest.raises(deliveries.DeliveryNotFoundError):
        deliveries.drop_delivery(delivery_id=0, actor="staff:1", reason="x", now=NOW)


def test_prune_keeps_what_is_still_owed(db, heard):
    _kill_one(heard)
    _publish(_bell())
    relay.drain(NOW)

    gone = relay.prune(before=NOW + timedelta(seconds=1))

    assert gone == 1
    assert OutboxEvent.objects.count() == 1
    assert Delivery.objects.filter(state="dead").exists()


def test_concurrent_relays_share_the_work_without_doing_any_twice(transactional_db, heard):
    _publish(*[_bell(str(n)) for n in range(200)])
    errors: list[Exception] = []

    def work() -> None:
        try:
            relay.claim(now=NOW)
            for queue in ("default", "bulk"):
                while relay.deliver(queue=queue, now=NOW, limit=20):
                    pass
        except Exception as exc:
            errors.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    relay.drain(NOW)

    assert errors == []
    assert len(heard) == 400
    assert len({(name, event.tone) for name, event, _ in heard}) == 400


def test_rebuild_forgets_fields_the_class_no_longer_has():
    event = handlers.rebuild(
        BellRung,
        {"tone": "c", "until": None, "color": "red"},
        occurred_at=NOW,
        programme_id=None,
        member_id=None,
    )

    assert event == BellRung(tone="c", occurred_at=NOW)


def test_a_handler_name_is_taken_once():
    def twice(event: BellRung, *, now: datetime) -> None: ...

    handlers.handles(BellRung)(twice)
    try:
        with pytest.raises(handlers.DuplicateHandlerError):
            handlers.handles(BellRung)(twice)
    finally:
        handlers.forget(twice)
