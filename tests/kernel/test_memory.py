"""What a process remembers: for one age, and not a moment longer after a change."""

from __future__ import annotations

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
    clock[0] += 0.999
    assert kept.get(1, load) == "at 100.0"
    clock[0] += 0.001
    assert kept.get(1, load) == "at 101.0"
    assert kept.get(1, load, fresh=True) == "at 101.0"
    assert loads == [100.0, 101.0, 101.0]


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
