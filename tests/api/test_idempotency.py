"""The same key gives the same answer, once in effect, whoever comes first."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from config.kernel import clock
from config.kernel.api import idempotency
from config.kernel.models import AuditRecord, IdempotencyRecord
from tests.api import toys as toy_operations
from tests.factories.api import api_client
from tests.factories.programmes import make_shop

pytestmark = pytest.mark.usefixtures("toys")


def _made() -> int:
    return AuditRecord.objects.filter(action="toy.made").count()


def test_h14_a_replay_gives_the_first_answer_again(client):
    first = client.post("toys", {"name": "a", "price": 1}, key="k")
    second = client.post("toys", {"price": 1, "name": "a"}, key="k")

    assert (second.status_code, second.content) == (201, first.content)
    assert second["Idempotent-Replay"] == "true"
    assert "Idempotent-Replay" not in first
    assert _made() == 1


def test_h14_the_same_key_with_another_request_is_refused(client):
    client.post("toys", {"name": "a"}, key="k")

    response = client.post("toys", {"name": "b"}, key="k")

    assert (response.status_code, response.json()["code"]) == (422, "idempotency.key_reused")
    assert _made() == 1


def test_without_a_key_each_call_counts(client):
    client.post("toys", {"name": "a"})
    client.post("toys", {"name": "a"})

    assert _made() == 2


@pytest.mark.parametrize("name", ["taken", "broken", "boom"])
def test_only_successes_are_remembered(client, name):
    client.post("toys", {"name": name}, key="k")

    assert client.post("toys", {"name": "a"}, key="k").status_code == 201


def test_keys_of_other_clients_members_and_paths_are_other_keys(client, shop):
    body = {"name": "a", "member": "mem_1"}
    client.post("toys", body, key="k")

    assert api_client(shop).post("toys", body, key="k").status_code == 201
    assert client.post("toys", body | {"member": "mem_2"}, key="k").status_code == 201
    assert client.post("toys/1/poke", {}, key="k").status_code == 200
    assert _made() == 3


def test_the_remembered_answer_is_not_readable_in_the_table(client):
    client.post("toys", {"name": "13800138000"}, key="key-of-13800138000")

    with connection.cursor() as cursor:
        cursor.execute("SELECT kernel_idempotencyrecord::text FROM kernel_idempotencyrecord")
        [text] = cursor.fetchone()
    assert "13800138000" not in text
    assert b"13800138000".hex() not in text


def test_prune_forgets_old_answers_alone(client):
    client.post("toys", {"name": "a"}, key="k")
    now = clock.now()

    assert idempotency.prune(before=now - timedelta(days=1)) == 0
    assert idempotency.prune(before=now + timedelta(seconds=1)) == 1


@pytest.fixture
def racing(transactional_db, toys):
    """A client for threads, which see only what is committed; and the gate to hold calls."""
    toy_operations.entered.clear()
    yield api_client(make_shop())
    toy_operations.gate.set()


def _in_thread(answers, client, body, key):
    def call() -> None:
        try:
            answers.append(client.post("toys", body, key=key))
        finally:
            connection.close()

    thread = threading.Thread(target=call)
    thread.start()
    return thread


def test_h14_a_concurrent_twin_waits_and_replays(racing):
    answers: list[Any] = []
    toy_operations.gate.clear()
    first = _in_thread(answers, racing, {"name": "a"}, "k")
    assert toy_operations.entered.wait(10)
    second = _in_thread(answers, racing, {"name": "a"}, "k")
    threading.Event().wait(0.3)
    toy_operations.gate.set()
    first.join()
    second.join()

    assert [r.status_code for r in answers] == [201, 201]
    assert sorted(r.get("Idempotent-Replay", "") for r in answers) == ["", "true"]
    assert _made() == 1


def test_h14_a_twin_that_waits_too_long_is_told_to_come_again(racing):
    answers: list[Any] = []
    toy_operations.gate.clear()
    first = _in_thread(answers, racing, {"name": "a"}, "k")
    assert toy_operations.entered.wait(10)

    response = racing.post("toys", {"name": "a"}, key="k")

    assert (response.status_code, response.json()["code"]) == (409, "idempotency.in_flight")
    assert response["Retry-After"] == "1"
    toy_operations.gate.set()
    first.join()
    assert racing.post("toys", {"name": "a"}, key="k")["Idempotent-Replay"] == "true"
    assert _made() == 1


def test_h14_a_twin_of_a_failure_does_the_work_itself(racing):
    answers: list[Any] = []
    toy_operations.gate.clear()
    first = _in_thread(answers, racing, {"name": "taken"}, "k")
    assert toy_operations.entered.wait(10)
    second = _in_thread(answers, racing, {"name": "a"}, "k")
    threading.Event().wait(0.3)
    toy_operations.gate.set()
    first.join()
    second.join()

    assert sorted(r.status_code for r in answers) == [201, 409]
    assert _made() == 1


def test_h14_of_many_twins_one_works_and_all_get_its_answer(racing):
    answers: list[Any] = []
    threads = [_in_thread(answers, racing, {"name": "a"}, "k") for _ in range(8)]
    for thread in threads:
        thread.join()

    assert {r.status_code for r in answers} == {201}
    assert len({r.content for r in answers}) == 1
    assert (_made(), IdempotencyRecord.objects.count()) == (1, 1)
