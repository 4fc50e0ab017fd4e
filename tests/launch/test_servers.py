"""Real servers of a VAR: shared by their users, stopped by the last, found after a SIGKILL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psycopg
import pytest
from redis import Redis

from config.launch import keys, processes, register, servers
from config.launch.processes import Identity
from config.launch.register import Running, State
from config.launch.servers import Needs

BOTH = Needs(postgres=True, valkey=True)
OTHER_USER = """
import pathlib, sys
from config.launch import servers
from config.launch.servers import Needs
needs = Needs(postgres=True, valkey=True)
with servers.held(var=pathlib.Path(sys.argv[1]), needs=needs, what="other"):
    print("in", flush=True)
    sys.stdin.readline()
"""


def start_other_user(var):
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER_USER, str(var)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    return process


def running(var):
    known = register.load(var).servers.values()
    return [entry.process for entry in known if processes.is_alive(entry.process)]


@pytest.mark.usefixtures("without_servers")
def test_the_last_user_stops_the_servers(var):
    settings = servers.acquire(var=var, needs=BOTH, what="first")
    with start_other_user(var) as other:
        before = running(var)
        servers.release(var=var)

        assert len(before) == 2
        assert running(var) == before
        with psycopg.connect(settings["DATABASE_URL"]) as db:
            assert db.execute("SELECT current_user").fetchone() == ("changke_app",)
        with Redis.from_url(settings["REDIS_URL"]) as redis:
            assert redis.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}

        other.communicate("\n", timeout=60)

    assert running(var) == []
    assert not any(processes.is_alive(identity) for identity in before)


@pytest.mark.usefixtures("without_servers")
def test_a_killed_user_and_killed_servers_are_recognized(var):
    with start_other_user(var) as other:
        before = running(var)
        other.kill()
        other.communicate()
    for identity in before:
        os.kill(identity.pid, signal.SIGKILL)
    for identity in before:
        processes.wait_gone(identity, patience=10)

    settings = servers.acquire(var=var, needs=BOTH, what="second")
    after = running(var)
    with psycopg.connect(settings["DATABASE_OWNER_URL"]) as db:
        assert db.execute("SELECT 1").fetchone() == (1,)
    servers.release(var=var)

    assert len(after) == 2
    assert not set(after) & set(before)
    assert running(var) == []


@pytest.mark.usefixtures("without_servers")
def test_servers_that_nobody_wrote_down_are_stopped_before_new_ones_start(var):
    servers.acquire(var=var, needs=BOTH, what="first")
    unwritten = running(var)
    register.path(var).unlink()  # as if killed between starting them and writing it down

    servers.acquire(var=var, needs=BOTH, what="second")

    assert len(running(var)) == 2
    assert not any(processes.is_alive(identity) for identity in unwritten)
    servers.release(var=var)


def test_outside_servers_are_used_and_not_started(var, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://changke_app@db.example/changke")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example")

    settings = servers.acquire(var=var, needs=Needs.of_environment(), what="outside")

    assert not {"DATABASE_URL", "REDIS_URL"} & settings.keys()
    assert register.load(var).servers == {}


def test_commands_name_the_port_that_the_site_has(var, monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    ours = keys.load_or_create(var)
    beside = State(manager=Running(processes.me(), 8123))
    alone = State(manager=Running(Identity(1, "long gone"), 8123))

    def address(state):
        return servers.environment(var=var, keys=ours, state=state)["BASE_URL"]

    assert address(beside) == "http://127.0.0.1:8123"
    assert address(alone) == address(State()) == "http://127.0.0.1:8000"
