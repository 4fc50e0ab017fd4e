"""Processes: who is who. A pid alone says nothing, since pids are used again; a pid and the
moment it started do. Nothing here ever signals a process that it cannot name so."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Every process we start carries these two, so that what a SIGKILL left can be found again.
MARK_VAR = "CHANGKE_MARK_VAR"
MARK_ROLE = "CHANGKE_MARK_ROLE"

_LINUX = sys.platform.startswith("linux")
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Identity:
    """A process: its number and when it started."""

    pid: int
    started: str


@cache
def _boot() -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
    return "boot"


def identify(pid: int) -> Identity | None:
    """Return the identity of a running process; None for one that is gone or a zombie."""
    if _LINUX:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return None
        fields = stat[stat.rindex(")") + 2 :].split()
        return None if fields[0] in "ZX" else Identity(pid, f"{_boot()}.{fields[19]}")
    found = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, started = found.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else Identity(pid, started.strip())


def me() -> Identity:
    identity = identify(os.getpid())
    if identity is None:
        raise RuntimeError("this process cannot see itself")
    return identity


def is_alive(identity: Identity) -> bool:
    """Tell whether this very process still runs, not another one under its number."""
    return identify(identity.pid) == identity


def find_marked(*, var: Path, roles: frozenset[str]) -> Iterator[Identity]:
    """Yield the processes that runs of `var` started in one of `roles` (Linux only)."""
    if not _LINUX:
        return
    wanted = f"{MARK_VAR}={var}".encode()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            marks = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if wanted in marks and any(f"{MARK_ROLE}={role}".encode() in marks for role in roles):
            identity = identify(int(folder.name))
            if identity is not None:
                yield identity


def find_in(folder: Path) -> list[Identity]:
    """Return the processes that work in `folder` (Linux only).

    Both servers do, and both overwrite their environment, so that marks are not seen there.
    """
    if not _LINUX:
        return []
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if os.readlink(entry / "cwd") == str(folder):
                    found.append(identify(int(entry.name)))
    return [identity for identity in found if identity is not None]


def stop(identity: Identity, *, how: signal.Signals, patience: float) -> bool:
    """Ask one process to end, wait, and kill it when it does not; tell whether it was kind."""
    if not _signal(identity, how):
        return True
    if wait_gone(identity, patience=patience):
        return True
    _signal(identity, signal.SIGKILL)
    wait_gone(identity, patience=10)
    return False


def _signal(identity: Identity, how: signal.Signals) -> bool:
    if not is_alive(identity):
        return False
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(identity.pid, how)
        return True
    return False


def wait_gone(identity: Identity, *, patience: float) -> bool:
    """Wait until the process is gone (a zombie counts as gone)."""
    until = time.monotonic() + patience
    while is_alive(identity):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def leash(how: signal.Signals) -> Callable[[], None] | None:
    """Return a function for `preexec_fn` that ties the child's life to its parent's.

    Only Linux can: there a child gets `how` when the parent dies, even by SIGKILL.
    """
    if not _LINUX:
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)
        if os.getppid() != parent:  # it died before the leash was on
            os.kill(os.getpid(), how)

    return tie


def command_of(pid: int) -> str | None:
    """Return the command line of a process, None when there is no such process."""
    if _LINUX:
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode() or None
        except OSError:
            return None
    found = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or None


def stop_all(identities: list[Identity], *, how: signal.Signals, patience: float) -> None:
    """Ask several processes to end at once, wait for all, and kill those that stay."""
    for identity in identities:
        _signal(identity, how)
    until = time.monotonic() + patience
    for identity in identities:
        if not wait_gone(identity, patience=max(0.0, until - time.monotonic())):
            _signal(identity, signal.SIGKILL)
            wait_gone(identity, patience=10)
