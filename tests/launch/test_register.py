"""servers.json under its lock: nobody is lost, the dead are dropped, a torn file is empty."""

from __future__ import annotations

import json
import subprocess
import sys

from config.launch import processes, register
from config.launch.processes import Identity
from config.launch.register import Running, State, User

ADD_TEN = """
import pathlib, sys
from config.launch import processes, register
for number in range(10):
    with register.locked(pathlib.Path(sys.argv[1])) as state:
        state.users.append(register.User(processes.me(), str(number)))
"""


def test_two_starters_do_not_lose_each_others_entries(var):
    starters = [subprocess.Popen([sys.executable, "-c", ADD_TEN, str(var)]) for _ in range(2)]

    assert [starter.wait(30) for starter in starters] == [0, 0]
    assert len(register.load(var).users) == 20


def test_users_that_died_without_leaving_are_dropped():
    ours = User(processes.me(), "ours")
    state = State(users=[ours, User(Identity(processes.me().pid, "earlier"), "dead")])

    state.drop_dead_users()

    assert state.users == [ours]


def test_what_is_written_is_read_again(var):
    with register.locked(var) as state:
        state.children["web"] = Running(processes.me(), 8000)
        state.manager = Running(processes.me(), 8000)

    assert register.load(var) == state
    assert json.loads(register.path(var).read_text())["children"]["web"]["port"] == 8000


def test_a_torn_file_reads_as_nothing_running(var):
    register.path(var).write_text('{"servers": {"post')

    assert register.load(var) == State()
