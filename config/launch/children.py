"""The processes of the application: web, workers, beat. Kept running until told to stop."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.launch import processes, register, servers, spawning
from config.launch.packages import say
from config.launch.places import ROOT
from config.launch.processes import Identity
from config.launch.register import Running, State

WEB_WORKERS = 2
WEB_THREADS = 8
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_SETTLED = 60.0
STOP_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Program:
    """A process to keep running."""

    name: str
    command: list[str]
    pool: int


def programs(*, port: int) -> list[Program]:
    """Return the processes of a complete installation on one machine."""
    python = [sys.executable, "-m"]
    web = [
        *(*python, "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10", "--no-ws"),
        "config.wsgi:application",
    ]
    celery = [*python, "celery", "-A", "config.celery"]
    worker = [*celery, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    return [
        Program("web", web, pool=WEB_THREADS),
        Program("worker", [*worker, "-Q", "critical,default", "-c", "2", "-n", "main@%h"], pool=2),
        Program("bulk", [*worker, "-Q", "bulk", "-c", "1", "-n", "bulk@%h"], pool=2),
        Program("beat", [*celery, "beat", "--loglevel", "INFO", "--pidfile="], pool=1),
    ]


NAMES = frozenset({"web", "worker", "bulk", "beat"})


@dataclass(slots=True)
class _Kept:
    program: Program
    child: spawning.Child | None = None
    began: float = 0.0
    pause: float = _FIRST_PAUSE
    next_try: float = field(default=0.0)


class Family:
    """All children of one manager."""

    def __init__(self, *, var: Path, settings: Mapping[str, str], port: int) -> None:
        self.var = var
        self.settings = settings
        self.port = port
        self.kept = [_Kept(program) for program in programs(port=port)]
        self.hurry = False

    def tend(self) -> None:
        """Start what does not run; a child that ended is started again, later each time."""
        for kept in self.kept:
            if kept.child is not None and kept.child.process.poll() is not None:
                self._note_end(kept, kept.child)
            if kept.child is None and time.monotonic() >= kept.next_try:
                self._start(kept)
            spawning.cut(servers.log(self.var, kept.program.name))

    def _note_end(self, kept: _Kept, child: spawning.Child) -> None:
        lived = time.monotonic() - kept.began
        if lived > _SETTLED:
            kept.pause = _FIRST_PAUSE
        log = servers.log(self.var, kept.program.name)
        say(
            f"{kept.program.name} ended (code {child.process.returncode}); "
            f"starting it again in {kept.pause:.0f} s (log: {log})"
        )
        _signal_group(child, signal.SIGKILL)  # what it left of its own
        kept.child = None
        kept.next_try = time.monotonic() + kept.pause
        kept.pause = min(kept.pause * 2, _LONGEST_PAUSE)

    def _start(self, kept: _Kept) -> None:
        name = kept.program.name
        kept.child = spawning.start(
            command=kept.program.command,
            environment={
                **self.settings,
                **servers.marks(self.var, name),
                "PYTHONPATH": str(ROOT),
                "DATABASE_POOL": str(kept.program.pool),
            },
            log=servers.log(self.var, name),
            leashed=True,
            cwd=ROOT,
        )
        kept.began = time.monotonic()
        with register.locked(self.var) as state:
            port = self.port if name == "web" else 0
            state.children[name] = Running(kept.child.identity, port)

    def restarts(self) -> bool:
        """Tell whether a child keeps ending."""
        return any(kept.pause > 4 * _FIRST_PAUSE for kept in self.kept)

    def stop(self) -> None:
        """End all, the web first, each with its whole group; nothing is left behind."""
        living = [kept.child for kept in self.kept if kept.child is not None]
        for child in living:
            if child.process.poll() is None:
                child.process.terminate()
        until = time.monotonic() + STOP_PATIENCE
        for child in living:
            while child.process.poll() is None and time.monotonic() < until and not self.hurry:
                time.sleep(0.02)
            _signal_group(child, signal.SIGKILL)
            child.process.wait()
        with register.locked(self.var) as state:
            state.children.clear()


def _signal_group(child: spawning.Child, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, how)


def sweep(var: Path, state: State) -> list[Identity]:
    """End what a killed manager left; return what was found."""
    roles = NAMES | {"step"}
    left = {running.process for running in state.children.values()}
    left |= set(processes.find_marked(var=var, roles=roles))
    found = [identity for identity in left if processes.is_alive(identity)]
    processes.stop_all(found, how=signal.SIGTERM, patience=10)
    # Those that a dying process had started meanwhile.
    again = list(processes.find_marked(var=var, roles=roles))
    processes.stop_all(again, how=signal.SIGKILL, patience=10)
    state.children.clear()
    return found
