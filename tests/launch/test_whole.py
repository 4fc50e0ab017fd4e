"""The whole of it, from a fresh copy: make run, SIGKILL of everything, again, side by side."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.launch import places, ports, processes, register

pytestmark = pytest.mark.soak

FIRST_START, SECOND_START = 180, 15


class Copy:
    """A clone of this checkout with a HOME of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code = folder / "code"
        kept = ("PATH", "PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE", "UV_DEFAULT_INDEX")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ}
        self.environment["HOME"] = str(folder / "home")
        (folder / "home").mkdir()
        subprocess.run(
            ["git", "clone", "-q", str(places.ROOT), str(self.code)], check=True, cwd=folder
        )

    def make(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["make", "--no-print-directory", *arguments],
            cwd=self.code,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *, port: int, var: str = "var") -> tuple[subprocess.Popen[str], float]:
        """Start; return the process once it says it is up, and the seconds that took."""
        began = time.monotonic()
        process = self.make("run", f"PORT={port}", f"VAR={var}")
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ctrl-C"):
                return process, time.monotonic() - began
        raise AssertionError("".join(said))

    def processes(self) -> list[processes.Identity]:
        """Return everything that runs from this copy."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and str(self.code) in (
                processes.command_of(int(entry.name)) or ""
            ):
                found.append(processes.identify(int(entry.name)))
        return [identity for identity in found if identity is not None]


@pytest.fixture
def copy() -> Iterator[Copy]:
    folder = Path(tempfile.mkdtemp(prefix="changke-copy-"))
    folder.chmod(0o755)
    made = Copy(folder)
    yield made
    for var in ("var", "other"):
        made.make("stop", f"VAR={var}").communicate(timeout=120)
    shutil.rmtree(folder)


def health(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
        return str(json.load(answer)["status"])


def end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=90)


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_start_stop_kill_and_start_again(copy):
    port = ports.free()
    process, first = copy.run(port=port)
    assert health(port) == "ok"
    end(process)
    assert copy.processes() == []

    process, second = copy.run(port=port)
    for identity in copy.processes():
        os.kill(identity.pid, signal.SIGKILL)
    process.communicate(timeout=30)

    process, third = copy.run(port=port)
    assert health(port) == "ok"
    end(process)

    assert copy.processes() == []
    assert register.load(copy.code / "var") == register.State()
    assert (first < FIRST_START, second < SECOND_START, third < SECOND_START) == (True,) * 3


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_two_copies_live_side_by_side_and_stop_apart(copy):
    here, there = ports.free(), ports.free()
    one, _ = copy.run(port=here)
    other, _ = copy.run(port=there, var="other")

    assert (health(here), health(there)) == ("ok", "ok")

    copy.make("stop").communicate(timeout=120)
    one.communicate(timeout=30)
    assert health(there) == "ok"
    end(other)
    assert copy.processes() == []


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_a_killed_child_is_started_again_and_a_killed_manager_is_cleaned_up_after(copy):
    port = ports.free()
    process, _ = copy.run(port=port)
    state = register.load(copy.code / "var")
    os.kill(state.children["worker"].process.pid, signal.SIGKILL)
    assert process.stdout is not None
    assert "worker ended" in next(line for line in process.stdout if "ended" in line)

    assert state.manager is not None
    os.kill(state.manager.process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    stopped, _ = copy.make("stop").communicate(timeout=120)

    assert "stopped" in stopped
    assert copy.processes() == []
