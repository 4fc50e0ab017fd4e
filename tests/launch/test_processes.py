"""A pid that is used again is another process; a child on a leash goes with its parent."""

from __future__ import annotations

import dataclasses
import signal
import subprocess
import sys

import pytest

from config.launch import processes
from config.launch.processes import Identity

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
PARENT = """
import signal, subprocess, sys, time
from config.launch import processes
child = subprocess.Popen(
    [sys.executable, "-c", "import time; time.sleep(60)"],
    preexec_fn=processes.leash(signal.SIGTERM),
)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def sleeper():
    with subprocess.Popen(SLEEPER) as process:
        identity = processes.identify(process.pid)
        assert identity is not None
        yield identity
        process.kill()


def test_a_process_is_itself(sleeper):
    assert processes.is_alive(sleeper)
    assert processes.identify(sleeper.pid) == sleeper


def test_a_reused_pid_is_never_signaled(sleeper):
    earlier = dataclasses.replace(sleeper, started="long ago")

    processes.stop(earlier, how=signal.SIGTERM, patience=1)
    processes.stop_all([earlier], how=signal.SIGKILL, patience=1)

    assert not processes.is_alive(earlier)
    assert processes.is_alive(sleeper)


def test_stop_kills_what_does_not_listen():
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    deaf += "print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        identity = processes.identify(process.pid)
        assert identity is not None

        was_kind = processes.stop(identity, how=signal.SIGTERM, patience=0.2)

        assert not was_kind
        assert process.wait(5) == -signal.SIGKILL


def test_a_zombie_is_gone(sleeper):
    processes.stop(sleeper, how=signal.SIGKILL, patience=5)  # nobody has waited for it

    assert processes.identify(sleeper.pid) is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has a leash")
def test_a_leashed_child_ends_with_its_killed_parent():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = processes.identify(int(parent.stdout.readline()))
        assert isinstance(child, Identity)

        parent.kill()

        assert processes.wait_gone(child, patience=10)
