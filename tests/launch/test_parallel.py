"""Processes that run tests side by side do not meet in Redis."""

import os

from django.conf import settings

from config.launch import testing


def test_the_settings_name_the_databases_of_this_process():
    assert os.environ["REDIS_URL"].rstrip("/") == settings.REDIS_URL


def test_no_two_processes_are_told_the_same_databases(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://:secret@127.0.0.1:7000/1")

    told = [testing.aside(f"gw{n}")["REDIS_URL"] for n in range(3)]

    assert told == [f"redis://:secret@127.0.0.1:7000/{n}" for n in (1, 4, 7)]
