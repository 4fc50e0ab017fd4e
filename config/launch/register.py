"""VAR/servers.json: which servers of this VAR run, on which ports, and who uses them.

Everything that starts or stops a server does so under one lock, so that two starters do not
race. Users are counted by identity: one that died without leaving is recognized and dropped.
"""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.launch import processes
from config.launch.processes import Identity


@dataclass(frozen=True, slots=True)
class Running:
    """A process that listens on a port (0: on none)."""

    process: Identity
    port: int


@dataclass(frozen=True, slots=True)
class User:
    """A process that needs the servers."""

    process: Identity
    what: str


@dataclass(slots=True)
class State:
    """What servers.json says."""

    servers: dict[str, Running] = field(default_factory=dict)
    children: dict[str, Running] = field(default_factory=dict)
    users: list[User] = field(default_factory=list)
    manager: Running | None = None

    def drop_dead_users(self) -> None:
        self.users = [user for user in self.users if processes.is_alive(user.process)]


def path(var: Path) -> Path:
    return var / "servers.json"


def load(var: Path) -> State:
    """Read servers.json; a missing or torn file reads as nothing running."""
    try:
        raw = json.loads(path(var).read_text())
        return State(
            servers={name: _running(entry) for name, entry in raw["servers"].items()},
            children={name: _running(entry) for name, entry in raw["children"].items()},
            users=[User(_identity(entry["process"]), entry["what"]) for entry in raw["users"]],
            manager=_running(raw["manager"]) if raw["manager"] else None,
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return State()


def save(var: Path, state: State) -> None:
    """Write servers.json in one step: a reader sees the old file or the new one."""
    draft = path(var).with_suffix(".draft")
    draft.write_text(json.dumps(dataclasses.asdict(state), indent=2) + "\n")
    draft.replace(path(var))


@contextmanager
def locked(var: Path) -> Iterator[State]:
    """Hold the lock of `var`; what the body changes in the state is written at the end."""
    handle = os.open(var / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        state = load(var)
        try:
            yield state
        finally:
            save(var, state)
    finally:
        os.close(handle)


def _identity(raw: dict[str, Any]) -> Identity:
    return Identity(int(raw["pid"]), str(raw["started"]))


def _running(raw: dict[str, Any]) -> Running:
    return Running(_identity(raw["process"]), int(raw["port"]))
