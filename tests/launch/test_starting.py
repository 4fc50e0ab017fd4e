"""What is said before anything long begins: old Pythons, taken ports, folders out of reach."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from config.launch import bootstrap, packages, places, ports, processes, register, running
from config.launch.places import LaunchError
from config.launch.readiness import Readiness
from config.launch.register import Running


@pytest.fixture
def own_signals():
    """Put back what `running.run` does to signals."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def taken():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        yield int(listener.getsockname()[1])


def test_an_old_python_asks_for_a_newer_one(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "version_info", (3, 9, 1, "final", 0))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SystemExit, match="Install one, or name it"):
        bootstrap.main()


def test_manage_py_without_django_says_what_to_do():
    done = subprocess.run(
        [sys.executable, "-S", "manage.py", "migrate"],
        cwd=places.ROOT,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert ".venv/bin/python manage.py migrate" in done.stderr


def test_a_taken_port_is_not_free(taken):
    assert not ports.is_free(taken)
    assert ports.free(wish=taken) != taken


@pytest.mark.usefixtures("own_signals")
def test_run_refuses_a_taken_port(taken, var, monkeypatch):
    monkeypatch.setenv("PORT", str(taken))
    monkeypatch.setenv("VAR", str(var))

    with pytest.raises(LaunchError, match=f"Port {taken} is in use"):
        running.run()

    assert register.load(var).manager is None


@pytest.mark.usefixtures("own_signals")
def test_run_refuses_a_second_manager(var, monkeypatch):
    monkeypatch.setenv("VAR", str(var))
    with register.locked(var) as state:
        state.manager = Running(processes.me(), 8123)

    with pytest.raises(LaunchError, match=r"already runs here, on http://127.0.0.1:8123/"):
        running.run()


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1"])
def test_port_must_be_a_port(monkeypatch, text):
    monkeypatch.setenv("PORT", text)

    with pytest.raises(LaunchError, match="PORT must be"):
        places.port()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as another user")
def test_var_out_of_reach_becomes_a_link_to_a_system_folder(monkeypatch, var, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(places, "SYSTEM_DATA", var)
    monkeypatch.setenv("VAR", str(closed / "var"))

    found = places.var()

    assert found.parent == var / "changke"
    assert (closed / "var").resolve() == found
    assert places.var() == found
    assert places.is_reachable(found)


def test_packages_fit_only_with_a_stamp_of_the_same_files(monkeypatch, tmp_path):
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        (tmp_path / name).write_text("django\n")
    monkeypatch.setattr(places, "ROOT", tmp_path)
    monkeypatch.setattr(packages, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(packages, "PYTHON", tmp_path / ".venv" / "python")
    monkeypatch.setattr(packages, "CONSTRAINTS", tmp_path / "constraints.txt")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "python").touch()
    unstamped = packages.is_fit(dev=False)
    (tmp_path / ".venv" / "changke.stamp").write_text(packages.expected(dev=False))
    stamped = packages.is_fit(dev=False)
    (tmp_path / "constraints.txt").write_text("django==5.2.19\n")

    assert not unstamped
    assert stamped
    assert not packages.is_fit(dev=False)


def test_a_step_is_skipped_only_with_the_same_fingerprint(var):
    done = Readiness(var=var)
    done.note("schema", "abc")

    assert done.has("schema", "abc")
    assert not done.has("schema", "abd")
    assert not done.has("demo", "abc")
    (var / "ready.json").write_text("[")
    assert not done.has("schema", "abc")
