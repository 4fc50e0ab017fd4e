"""The steps between running servers and running processes: schema, messages, static, demo."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from config.launch import readiness, servers, spawning
from config.launch.packages import say
from config.launch.places import ROOT, LaunchError
from config.launch.readiness import Readiness

_ROLE = "step"


class Step:
    """One manage.py command, run with its words in a log of its own."""

    def __init__(self, *, var: Path, settings: Mapping[str, str], command: list[str]) -> None:
        self.name = command[0]
        self.log = servers.log(var, self.name)
        self.child = spawning.start(
            command=[sys.executable, str(ROOT / "manage.py"), *command],
            environment={**settings, **servers.marks(var, _ROLE)},
            log=self.log,
            leashed=True,
            cwd=ROOT,
        )

    def finish(self) -> str:
        """Wait for the end; return what was said.

        Raises:
            LaunchError: the command failed; the message holds the end of its words.
        """
        while self.child.process.poll() is None:
            time.sleep(0.05)
        if self.child.process.returncode:
            last = spawning.tail(self.log, lines=25)
            raise LaunchError(f"manage.py {self.name} failed (log: {self.log}):\n{last}")
        return self.log.read_text(errors="replace")


def prepare(*, var: Path, settings: Mapping[str, str]) -> None:
    """Bring schema, messages, static files and the demo shop up to date; skip what is."""
    done = Readiness(var=var)
    owner_url = settings.get("DATABASE_OWNER_URL") or settings["DATABASE_URL"]
    servers.remember_keys(settings)
    pending = [
        (name, fingerprint, Step(var=var, settings=settings, command=command))
        for name, fingerprint, command in _side_steps(done, settings)
    ]
    try:
        _migrate(var, settings, done, owner_url)
        for name, fingerprint, step in pending:
            step.finish()
            done.note(name, fingerprint)
            say(f"{_SAID[name]} ready")
    finally:
        for _, _, step in pending:
            if step.child.process.poll() is None:
                step.child.process.terminate()
    _load_demo(var, settings, done, owner_url)


_SAID = {"static": "static files", "messages": "translations"}


def _side_steps(done: Readiness, settings: Mapping[str, str]) -> list[tuple[str, str, list[str]]]:
    """Return the steps that need no database and run beside the migration."""
    steps = []
    static = readiness.of_static()
    if not done.has("static", static) or not Path(settings["STATIC_ROOT"]).is_dir():
        steps.append(("static", static, ["collectstatic", "--noinput", "--clear"]))
    messages = readiness.of_messages()
    compiled = all(po.with_suffix(".mo").exists() for po in (ROOT / "locale").rglob("*.po"))
    if not done.has("messages", messages) or not compiled:
        steps.append(("messages", messages, ["messages", "compile"]))
    return steps


def _schema(owner_url: str) -> str:
    return f"{readiness.of_code()}.{readiness.of_database(owner_url)}"


def _migrate(var: Path, settings: Mapping[str, str], done: Readiness, owner_url: str) -> None:
    if done.has("schema", _schema(owner_url)):
        return
    say("migrating the database")
    Step(var=var, settings=settings, command=["migrate", "--noinput"]).finish()
    done.note("schema", _schema(owner_url))


def _load_demo(var: Path, settings: Mapping[str, str], done: Readiness, owner_url: str) -> None:
    fingerprint = _schema(owner_url)
    if done.has("demo", fingerprint) and sign_ins(var):
        return
    say("loading the demo shop")
    told = Step(var=var, settings=settings, command=["load_demo"]).finish()
    (var / "demo.txt").write_text(told)
    done.note("demo", fingerprint)


def forget_signs_of_life(settings: Mapping[str, str]) -> None:
    """Drop what workers of an earlier run left in the cache, so that /healthz tells of this."""
    from redis import Redis

    parts = urlsplit(settings["REDIS_URL"])
    number = int(parts.path.strip("/") or 0) + 1  # as the settings count the cache's database
    cache = Redis.from_url(parts._replace(path=f"/{number}").geturl())
    with cache:
        for key in cache.scan_iter(match="*:heartbeat:*", count=1000):
            cache.delete(key)


def sign_ins(var: Path) -> str:
    """Return what load_demo said below its empty line: who can sign in."""
    try:
        return (var / "demo.txt").read_text().partition("\n\n")[2].rstrip()
    except OSError:
        return ""
