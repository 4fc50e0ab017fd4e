"""`make run` and `make stop`: one manager holds servers and processes until told to stop."""

from __future__ import annotations

import contextlib
import os
import signal
import time
import types
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.launch import children, places, ports, preparing, processes, register, servers
from config.launch.children import Family
from config.launch.packages import say
from config.launch.places import LaunchError
from config.launch.register import Running
from config.launch.servers import Needs

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_HEALTH_PATIENCE = 180.0
_STOP_PATIENCE = 90.0


def run() -> None:
    """Start everything, print where it is, and stay until a signal.

    Raises:
        LaunchError: something is in the way; the message says what to do.
    """
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    var, port = places.var(), places.port()
    try:
        with _only_manager(var, port):
            _serve(var, port)
    except KeyboardInterrupt:
        _tell("stopped")


def _interrupt(number: int, frame: types.FrameType | None) -> None:
    raise KeyboardInterrupt


def _serve(var: Path, port: int) -> None:
    say("starting servers")
    with servers.held(var=var, needs=Needs.of_environment(), what="make run") as given:
        # `held` put its own handler; ours ends in the same orderly way.
        signal.signal(signal.SIGTERM, _interrupt)
        settings = {**given, **_inherited()}
        preparing.prepare(var=var, settings=settings)
        preparing.forget_signs_of_life(settings)
        family = Family(var=var, settings=settings, port=port)
        try:
            say("starting web, workers and beat")
            _until_healthy(family)
            _greet(var, port)
            while True:
                time.sleep(0.5)
                family.tend()
        finally:
            _hurry_on_signal(family)
            _tell("stopping")
            family.stop()


def _inherited() -> dict[str, str]:
    dropped = {"PYTHONDONTWRITEBYTECODE", "CHANGKE_AS_OWNER"}
    return {name: value for name, value in os.environ.items() if name not in dropped}


def _hurry_on_signal(family: Family) -> None:
    """A second Ctrl-C does not wait for tasks to end."""

    def hurry(number: int, frame: types.FrameType | None) -> None:
        family.hurry = True

    for number in _SIGNALS:
        signal.signal(number, hurry)


@contextmanager
def _only_manager(var: Path, port: int) -> Iterator[None]:
    """Be the only manager of `var`, after ending what a killed one left."""
    with register.locked(var) as state:
        if state.manager and processes.is_alive(state.manager.process):
            raise LaunchError(
                f"Changke already runs here, on http://127.0.0.1:{state.manager.port}/ "
                f"(process {state.manager.process.pid}). `make stop` stops it; another copy "
                "needs its own PORT and VAR."
            )
        if left := children.sweep(var, state):
            say(f"ended {len(left)} processes that an earlier run had left")
        if not ports.is_free(port):
            raise LaunchError(ports.taken(port))
        state.manager = Running(processes.me(), port)
    try:
        yield
    finally:
        with register.locked(var) as state:
            state.manager = None


def _until_healthy(family: Family) -> None:
    until = time.monotonic() + _HEALTH_PATIENCE
    said = ""
    while time.monotonic() < until:
        family.tend()
        if family.restarts():
            raise LaunchError(
                f"A process ends again and again; its log is in {family.var / 'log'}."
            )
        answer = _health(family.port)
        if answer is None:
            return
        said = answer
        time.sleep(0.1)
    raise LaunchError(f"Not healthy after {_HEALTH_PATIENCE:.0f} s: {said}")


def _health(port: int) -> str | None:
    """Return None when /healthz says all is up, else what it says."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return None
    except urllib.error.HTTPError as refused:
        return refused.read(2000).decode(errors="replace")
    except OSError as unreachable:
        return str(unreachable)


def _greet(var: Path, port: int) -> None:
    site = f"http://127.0.0.1:{port}"
    say("up")
    _tell(
        f"\n  Member center   {site}/\n  Console         {site}/ops/\n"
        f"  Storefront API  {site}/api/v1/docs\n"
    )
    if told := preparing.sign_ins(var):
        _tell("".join(f"  {line}\n" for line in told.splitlines()))
    _tell(f"  Data and logs   {var}\n\nCtrl-C stops everything.")


def _tell(text: str) -> None:
    """Print, also when the terminal is gone."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


def stop() -> None:
    """Stop the manager, or what it left, and the servers that nobody uses any more."""
    var = places.var()
    manager = register.load(var).manager
    if manager and processes.is_alive(manager.process):
        _tell(f"stopping process {manager.process.pid}")
        processes.stop(manager.process, how=signal.SIGTERM, patience=_STOP_PATIENCE)
    with register.locked(var) as state:
        left = children.sweep(var, state)
        state.manager = None
        state.drop_dead_users()
        if state.users:
            names = ", ".join(f"{user.what} ({user.process.pid})" for user in state.users)
            _tell(f"The servers stay up: they are used by {names}.")
            return
        had_servers = bool(state.servers)
        servers.stop_all(var, state)
    _tell("stopped" if manager or left or had_servers else "Nothing was running.")
