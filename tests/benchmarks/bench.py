"""What a benchmark is given: production-like servers, a web server, pgbench, a report."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from config.launch import children, ports, postgres, processes, spawning
from config.launch.places import ROOT
from tests.benchmarks.report import Report


class Bench:
    """The surroundings of one run; `settings` are the environment its processes get."""

    def __init__(
        self, *, settings: dict[str, str], seconds: float, clients: int, lots: int = 1_000_000
    ) -> None:
        self.settings = settings
        self.lots = lots
        self.seconds = seconds
        self.clients = clients
        self.report = Report()
        self.logs = Path(tempfile.mkdtemp(prefix="changke-bench-"))
        self._web: str | None = None
        self._started: list[spawning.Child] = []

    @property
    def owner_url(self) -> str:
        return self.settings["DATABASE_OWNER_URL"]

    @property
    def app_url(self) -> str:
        return self.settings["DATABASE_URL"]

    def manage(self, *arguments: str) -> str:
        """Run a manage.py command; return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.settings,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {arguments[0]}:\n{done.stderr[-3000:]}")
        return done.stdout

    def web(self) -> str:
        """Return the address of the web server, started as `make run` starts it."""
        if self._web is None:
            port = ports.free()
            # The web alone: a worker would share the cores with what is measured.
            self._start(children.programs(port=port)[0])
            self._web = f"http://127.0.0.1:{port}"
            self._wait(self._web)
        return self._web

    def workers(self) -> None:
        """Start the workers and beat too, for benchmarks of what happens behind."""
        for program in children.programs(port=0)[1:]:
            self._start(program)

    def _start(self, program: children.Program) -> None:
        self._started.append(
            spawning.start(
                command=program.command,
                environment={
                    **self.settings,
                    "PYTHONPATH": str(ROOT),
                    "DATABASE_POOL": str(program.pool),
                },
                log=self.logs / f"{program.name}.log",
                leashed=True,
                cwd=ROOT,
            )
        )

    def _wait(self, address: str) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=5).close()  # noqa: S310
                return
            except urllib.error.HTTPError:
                return  # it answers: workers are not running, and need not
            except OSError:
                if time.monotonic() > until:
                    raise RuntimeError(spawning.tail(self.logs / "web.log")) from None
                time.sleep(0.1)

    def pgbench(self, script: str, *, clients: int | None = None, setup: str = "") -> float:
        """Return the transactions per second of an SQL script, acting as the application.

        `setup` is SQL that is run once before, as the owner.
        """
        import psycopg

        if setup:
            with psycopg.connect(self.owner_url, autocommit=True) as owner:
                owner.execute(setup)
        path = self.logs / "script.sql"
        path.write_text(script)
        count = str(clients or self.clients)
        command = [self._tool("pgbench"), "-n", "-M", "prepared", "-f", str(path), "-c", count]
        command += ["-j", "2", "-T", str(round(self.seconds)), self.app_url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"pgbench:\n{done.stderr[-3000:]}")
        line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
        return float(line.split()[2])

    def _tool(self, name: str) -> str:
        bundled = postgres.find_binaries().folder / name
        found = str(bundled) if bundled.exists() else shutil.which(name)
        if not found:
            raise RuntimeError(f"{name} was not found")
        return found

    def timed(self, work: Callable[[], object]) -> float:
        """Return how many seconds `work` took."""
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    def close(self) -> None:
        """Stop what was started here."""
        for child in self._started:
            processes.stop(child.identity, how=signal.SIGTERM, patience=15)
            child.process.wait(timeout=15)
        shutil.rmtree(self.logs, ignore_errors=True)


def environment(named: dict[str, str], secrets: dict[str, str]) -> dict[str, str]:
    """Return the environment of the benchmarked processes."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # Clients of a load come from many networks, as their headers tell.
    told = {"CHANGKE_INSTALLATION": "demo", "TRUSTED_PROXIES": "1"}
    return kept | {**told, **secrets, **named}
