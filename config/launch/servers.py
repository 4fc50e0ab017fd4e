"""The servers a process needs: found when they run, started when not, stopped by the last user.

`DATABASE_URL` and `REDIS_URL` name outside servers; then nothing of that kind is started here.
"""

from __future__ import annotations

import os
import signal
import sys
import types
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.launch import keys as keyring
from config.launch import places, ports, processes, register, spawning
from config.launch.keys import Keys
from config.launch.places import LaunchError
from config.launch.postgres import APP, DURABLE, OWNER, Postgres, postmaster_pid
from config.launch.processes import Identity
from config.launch.register import Running, State, User
from config.launch.valkey import Valkey

# Commands that change the schema act as the owner of the database, everything else
# as the application's role, which cannot change or delete ledger entries.
OWNER_COMMANDS = frozenset({"migrate", "sqlmigrate", "squashmigrations", "ensure_partitions"})
# Commands that only look at the code. They need settings, but no servers.
CODE_COMMANDS = frozenset(
    {
        *("check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help"),
        *("makemessages", "makemigrations", "messages", "spectacular", "version"),
    }
)
_STOP_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Needs:
    """Which servers have to be ours."""

    postgres: bool
    valkey: bool

    @classmethod
    def of_environment(cls) -> Needs:
        return cls(not os.environ.get("DATABASE_URL"), not os.environ.get("REDIS_URL"))

    def any(self) -> bool:
        return self.postgres or self.valkey


@contextmanager
def for_command(argv: list[str]) -> Iterator[None]:
    """Set the environment of a manage.py command, and hold the servers it needs.

    Raises:
        SystemExit: a server cannot be had; the message says why.
    """
    command = argv[1] if len(argv) > 1 else "help"
    needs = Needs.of_environment()
    if command in OWNER_COMMANDS:
        os.environ.setdefault("CHANGKE_AS_OWNER", "1")
    if not needs.any() and "SECRET_KEY" in os.environ:
        yield  # everything is given: production, or a test run's child
        return
    try:
        var = places.var()
        if command in CODE_COMMANDS and "--database" not in argv:
            with register.locked(var):
                keys = keyring.load_or_create(var)
            _set_defaults({**_without_servers(), **environment(var=var, keys=keys)})
            yield
            return
        with held(var=var, needs=needs, what=f"manage.py {command}") as settings:
            _set_defaults(settings)
            if command == "migrate":
                remember_keys()
            yield
    except LaunchError as problem:
        sys.exit(str(problem))


@contextmanager
def held(*, var: Path, needs: Needs, what: str) -> Iterator[dict[str, str]]:
    """Hold the servers of `var` while the body runs; yields the environment that names them."""
    previous = signal.signal(signal.SIGTERM, _leave)
    try:
        settings = acquire(var=var, needs=needs, what=what)
        try:
            yield settings
        finally:
            release(var=var)
    finally:
        signal.signal(signal.SIGTERM, previous)


def _leave(number: int, frame: types.FrameType | None) -> None:
    sys.exit(128 + number)


def acquire(*, var: Path, needs: Needs, what: str) -> dict[str, str]:
    """Start the servers that are needed and do not run, and count this process as a user."""
    with register.locked(var) as state:
        keys = keyring.load_or_create(var)
        state.drop_dead_users()
        try:
            if needs.postgres:
                _ensure_postgres(var, keys, state)
            if needs.valkey:
                _ensure_valkey(var, keys, state)
        except BaseException:
            if not state.users:
                stop_all(var, state)
            raise
        if needs.any():
            state.users.append(User(processes.me(), what))
        return environment(var=var, keys=keys, state=state)


def release(*, var: Path) -> None:
    """Leave; the last user out stops the servers."""
    with register.locked(var) as state:
        ours = processes.me()
        state.users = [user for user in state.users if user.process != ours]
        state.drop_dead_users()
        if not state.users:
            stop_all(var, state)


def stop_all(var: Path, state: State) -> None:
    """Stop the servers, and those that a killed starter did not come to write down."""
    for name, how in (("valkey", signal.SIGTERM), ("postgres", signal.SIGINT)):
        running = state.servers.pop(name, None)
        if running is not None:
            processes.stop(running.process, how=how, patience=_STOP_PATIENCE)
    stop_unwritten(var)


def stop_unwritten(var: Path) -> None:
    """Stop servers at work in `var` that servers.json does not know."""
    _stop_postgres_left(var / "postgres" / "data")
    _stop_left(processes.find_in(var / "valkey"))


def _stop_postgres_left(data: Path) -> None:
    master = postmaster_pid(data)
    found = processes.find_in(data)
    for identity in found:
        if identity.pid == master:
            processes.stop(identity, how=signal.SIGINT, patience=_STOP_PATIENCE)
    # Orphans of a killed postmaster end by themselves; a new one must not start before.
    _stop_left([identity for identity in found if processes.is_alive(identity)])


def _stop_left(left: list[Identity]) -> None:
    processes.stop_all(left, how=signal.SIGTERM, patience=_STOP_PATIENCE)
    spawning.reap()


def _ensure_postgres(var: Path, keys: Keys, state: State) -> None:
    running = state.servers.get("postgres")
    if running and processes.is_alive(running.process):
        return
    _stop_postgres_left(var / "postgres" / "data")
    server = Postgres(home=var / "postgres", keys=keys, settings=DURABLE)
    port = ports.free(wish=running.port if running else 0)
    child = server.start(
        port=port, marks=marks(var, "postgres"), log=log(var, "postgres"), leashed=False
    )
    state.servers["postgres"] = Running(child.identity, port)


def _ensure_valkey(var: Path, keys: Keys, state: State) -> None:
    running = state.servers.get("valkey")
    if running and processes.is_alive(running.process):
        return
    _stop_left(processes.find_in(var / "valkey"))
    server = Valkey(home=var / "valkey", password=keys.redis_password, durable=True)
    port = ports.free(wish=running.port if running else 0)
    child = server.start(
        port=port, marks=marks(var, "valkey"), log=log(var, "valkey"), leashed=False
    )
    state.servers["valkey"] = Running(child.identity, port)


def marks(var: Path, role: str) -> dict[str, str]:
    """Return what is put into the environment of a process so that it can be found again."""
    return {processes.MARK_VAR: str(var), processes.MARK_ROLE: role}


def log(var: Path, name: str) -> Path:
    """Return the log file of a process of `var`."""
    folder = var / "log"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{name}.log"


def environment(*, var: Path, keys: Keys, state: State | None = None) -> dict[str, str]:
    """Return the settings of this installation as environment variables."""
    settings = {
        "CHANGKE_INSTALLATION": "demo",
        "STATIC_ROOT": str(var / "static"),
        "BASE_URL": f"http://127.0.0.1:{_port(state)}",
        **keys.environment(),
    }
    servers = state.servers if state else {}
    if "postgres" in servers and not os.environ.get("DATABASE_URL"):
        server = Postgres(home=var / "postgres", keys=keys, settings={})
        port = servers["postgres"].port
        settings["DATABASE_URL"] = server.url(port=port, role=APP)
        settings["DATABASE_OWNER_URL"] = server.url(port=port, role=OWNER)
    if "valkey" in servers and not os.environ.get("REDIS_URL"):
        valkey = Valkey(home=var / "valkey", password=keys.redis_password, durable=True)
        settings["REDIS_URL"] = valkey.url(port=servers["valkey"].port)
    return settings


def _port(state: State | None) -> int:
    """Return where the site is: a command beside `make run` need not be told its PORT."""
    manager = state.manager if state else None
    if manager is not None and processes.is_alive(manager.process):
        return manager.port
    return places.port()


def remember_keys(settings: Mapping[str, str] = os.environ) -> None:
    """Refuse a database that was written with other keys (see `keys.remember`)."""
    owner_url = settings.get("DATABASE_OWNER_URL") or settings["DATABASE_URL"]
    keyring.remember(owner_url=owner_url, ours=keyring.fingerprints(settings))


def _without_servers() -> dict[str, str]:
    """Return addresses where nothing listens, for commands that read settings only."""
    return {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1",
    }


def _set_defaults(settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        os.environ.setdefault(name, value)
