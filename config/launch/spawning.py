"""Start processes: in a group of their own, marked, demoted as root, with a log file."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.launch import processes
from config.launch.accounts import Account
from config.launch.places import LaunchError
from config.launch.processes import Identity

OURS = Account(None, None)
_LOG_LIMIT = 50 * 2**20
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class Child:
    """A process that we started."""

    process: subprocess.Popen[bytes]
    identity: Identity


def start(
    *,
    command: list[str],
    environment: Mapping[str, str],
    log: Path,
    account: Account = OURS,
    leashed: bool = False,
    cwd: Path | None = None,
) -> Child:
    """Start a process in a session of its own, so that Ctrl-C reaches only its manager."""
    rotate(log)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd or "/",  # not a folder that a demoted server cannot enter
            start_new_session=True,
            preexec_fn=processes.leash(signal.SIGTERM) if leashed else None,
            **account.demotion(),
        )
    _started.append(process)
    identity = processes.identify(process.pid)
    return Child(process, identity or Identity(process.pid, "gone"))


def reap() -> None:
    """Take note of started processes that have ended, so that none stays a zombie."""
    _started[:] = [process for process in _started if process.poll() is None]


@contextmanager
def stopped_on_failure(child: Child, *, how: signal.Signals) -> Iterator[None]:
    """Stop a server again when what follows its start fails or is interrupted."""
    try:
        yield
    except BaseException:
        processes.stop(child.identity, how=how, patience=30)
        raise


def run(*, command: list[str], environment: Mapping[str, str], account: Account = OURS) -> None:
    """Run a command to its end.

    Raises:
        LaunchError: it failed; the message holds what it said.
    """
    done = subprocess.run(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **account.demotion(),
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-3000:]
        raise LaunchError(f"{Path(command[0]).name} failed:\n{said}")


def succeeds(
    *, command: list[str], environment: Mapping[str, str], account: Account = OURS
) -> bool:
    """Tell whether a command runs and ends well."""
    try:
        run(command=command, environment=environment, account=account)
    except (LaunchError, OSError):
        return False
    return True


def rotate(log: Path) -> None:
    """Keep one older log: this start begins a new one."""
    if log.exists() and log.stat().st_size:
        log.replace(log.with_suffix(".log.1"))


def cut(log: Path) -> None:
    """Empty a log that has grown too long, keeping its text as the older one."""
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.with_suffix(".log.1").write_bytes(log.read_bytes())
        os.truncate(log, 0)


def tail(log: Path, *, lines: int = 15) -> str:
    """Return the last lines of a log."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
