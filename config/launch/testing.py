"""The environment of a test run: throw-away keys, and servers started here or named outside.

The servers forget everything: no fsync, no log on disk, a folder that goes when the run ends.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from config.launch import keys as keyring
from config.launch import ports, processes, servers, spawning
from config.launch.keys import Keys
from config.launch.postgres import THROW_AWAY, Postgres
from config.launch.servers import Needs
from config.launch.valkey import Valkey

_PREFIX = "changke-servers-"


def prepare() -> None:
    """Set what the settings read; start the servers that the environment does not name.

    With pytest-xdist only the controller comes here without them: its workers inherit them.
    """
    keys = keyring.generate()
    needs = Needs.of_environment()
    if needs.any():
        _set_defaults(temporary_servers(keys=keys, needs=needs, settings=THROW_AWAY))
    _set_defaults({"CHANGKE_INSTALLATION": "demo", **keys.environment()})


def aside(worker: str) -> dict[str, str]:
    """Return what a worker of a parallel run has to find in its environment from the first line.

    Rate limits and the task queue live in Redis: two tests that shared its databases would
    count each other's calls and take each other's tasks. Of the usual sixteen databases every
    worker takes three.
    """
    parts = urlsplit(os.environ["REDIS_URL"])
    base = int(parts.path.lstrip("/") or 0)
    number = base + 3 * (int(worker.removeprefix("gw")) % 5)
    return {"REDIS_URL": parts._replace(path=f"/{number}").geturl()}


def temporary_servers(*, keys: Keys, needs: Needs, settings: dict[str, str]) -> dict[str, str]:
    """Start servers that live as long as this process; return the variables that name them."""
    _sweep()
    home = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    home.chmod(0o711)
    children: list[tuple[spawning.Child, signal.Signals]] = []
    atexit.register(_end, children, home)
    durable = settings.get("fsync") != "off"
    named: dict[str, str] = {}
    if needs.valkey:
        valkey = Valkey(home=home / "valkey", password=keys.redis_password, durable=durable)
        port = ports.free()
        child = valkey.start(
            port=port,
            marks=servers.marks(home, "valkey"),
            log=servers.log(home, "valkey"),
            leashed=True,
        )
        children.append((child, signal.SIGTERM))
        named["REDIS_URL"] = valkey.url(port=port)
    if needs.postgres:
        postgres = Postgres(home=home / "postgres", keys=keys, settings=settings)
        port = ports.free()
        child = postgres.start(
            port=port,
            marks=servers.marks(home, "postgres"),
            log=servers.log(home, "postgres"),
            leashed=True,
        )
        children.append((child, signal.SIGINT))
        named["DATABASE_URL"] = named["DATABASE_OWNER_URL"] = postgres.url(port=port)
    return named


def _end(children: list[tuple[spawning.Child, signal.Signals]], home: Path) -> None:
    for child, how in reversed(children):
        processes.stop(child.identity, how=how, patience=30)
        child.process.wait(timeout=30)
    shutil.rmtree(home, ignore_errors=True)


def _sweep() -> None:
    """Remove the folders of runs that were killed; their servers died with them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        pid = folder.name.removeprefix(_PREFIX).split("-")[0]
        if pid.isdigit() and processes.identify(int(pid)) is None:
            servers.stop_unwritten(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _set_defaults(settings: dict[str, str]) -> None:
    for name, value in settings.items():
        os.environ.setdefault(name, value)
