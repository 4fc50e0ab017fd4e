"""What a process remembers: for one age, and not a moment longer after a change."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.kernel import memory


@pytest.fixture
def clock(monkeypatch, settings):
    settings.MEMORY_SECONDS = 1.0
    now = [100.0]
    monkeypatch.setattr("config.kernel.memory.time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def kept():
    found: memory.Memory[int, str] = memory.Memory()
    yield found
    memory._memories.remove(found)


def test_a_value_is_loaded_once_within_its_age(clock, kept):
    loads = []

    def load():
        loads.append(clock[0])
        return f"at {clock[0]}"

    assert kept.get(1, load) == kept.get(1, load) == "at 100.0"
    clock[0] += 0.75
    assert kept.get(1, load) == "at 100.0"
    clock[0] += 0.25
    assert kept.get(1, load) == "at 101.0"
    assert kept.get(1, load, fresh=True) == "at 101.0"
    assert loads == [100.0, 101.0, 101.0]


def test_one_thread_renews_it_before_its_age_is_over_and_the_others_go_on(clock, kept):
    kept.get(1, lambda: "old")
    clock[0] += 0.9
    within, done = threading.Event(), threading.Event()

    def slowly():
        within.set()
        assert done.wait(10)
        return "new"

    with ThreadPoolExecutor(1) as threads:
        renewing = threads.submit(kept.get, 1, slowly)
        assert within.wait(10)
        assert kept.get(1, lambda: "a second read") == "old"
        clock[0] += 0.1
        assert kept.get(1, lambda: "too old to go on with") == "too old to go on with"
        done.set()
        assert renewing.result() == "new"


def test_a_renewal_that_fails_is_tried_again_by_the_next(clock, kept):
    kept.get(1, lambda: "old")
    clock[0] += 0.9

    with pytest.raises(ZeroDivisionError):
        kept.get(1, lambda: str(1 // 0))

    assert kept.get(1, lambda: "new") == "new"


def test_what_is_forgotten_is_loaded_again(clock, kept):
    kept.get(1, lambda: "old")
    kept.get(2, lambda: "old")

    kept.forget(1)

    assert kept.get(1, lambda: "new") == "new"
    assert kept.get(2, lambda: "new") == "old"
    memory.forget_all()
    assert kept.get(2, lambda: "new") == "new"


def test_nothing_is_not_remembered(clock, kept):
    assert kept.get(1, lambda: "") == ""
    assert kept.get(1, lambda: "now there is") == "now there is"


def test_what_cannot_change_is_kept_until_all_is_forgotten(clock):
    versions: memory.Memory[int, str] = memory.Memory(for_ever=True)
    try:
        versions.get(1, lambda: "first")
        clock[0] += 10**6

        assert versions.has(1)
        assert versions.get(1, lambda: "second") == "first"
    finally:
        memory._memories.remove(versions)
