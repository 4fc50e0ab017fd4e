"""Without its keys nothing starts: web, worker and commands say in a sentence what is missing."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator

import psycopg
import pytest

from config.kernel import keyring
from config.launch import keys, places

GOOD = keys.generate().environment()
KEY = base64.b64encode(b"k" * 32).decode()
COMMANDS = {
    "web": [sys.executable, "-c", "import config.wsgi"],
    "worker": [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-P", "solo"],
}


def start(what: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Start a process in this run's environment with other keys; it ends by itself."""
    environment: dict[str, str] = {**os.environ, "PYTHONWARNINGS": "ignore"}
    for name, value in changes.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    return subprocess.run(
        COMMANDS[what],
        cwd=places.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("what", COMMANDS)
def test_without_a_key_nothing_starts(what):
    done = start(what, BLIND_INDEX_KEY=None)

    assert done.returncode != 0
    assert "Changke does not start: BLIND_INDEX_KEY is not set." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def others_database() -> Iterator[str]:
    """Yield the address of a database that was written with other keys."""
    server = os.environ["DATABASE_OWNER_URL"].rpartition("/")[0]
    name = f"refusing_{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        ours = keys.fingerprints(GOOD)
        keys.remember(owner_url=f"{server}/{name}", ours={**ours, "encryption-7": "0" * 16})
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name}")


@pytest.mark.parametrize("what", COMMANDS)
def test_a_database_of_other_keys_is_not_touched(what, others_database):
    done = start(what, DATABASE_URL=others_database, **GOOD)

    assert done.returncode != 0
    assert "written with the key encryption-7" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ENCRYPTION_KEYS": ""}, "ENCRYPTION_KEYS is not set"),
        ({"ENCRYPTION_KEYS": "{"}, "cannot be read"),
        ({"ENCRYPTION_KEYS": "[]"}, "cannot be read"),
        ({"ENCRYPTION_KEYS": json.dumps({"0": KEY})}, "1 to 255"),
        ({"ENCRYPTION_KEYS": json.dumps({"x": KEY})}, "1 to 255"),
        ({"ENCRYPTION_KEYS": json.dumps({"1": KEY[:-4]})}, "Key 1 of ENCRYPTION_KEYS"),
        ({"ENCRYPTION_KEYS": json.dumps({"1": 12})}, "Key 1 of ENCRYPTION_KEYS"),
        ({"ENCRYPTION_PRIMARY": "2"}, "ENCRYPTION_PRIMARY is 2"),
        ({"BLIND_INDEX_KEY": "not base64!"}, "BLIND_INDEX_KEY is not base64"),
    ],
)
def test_a_key_that_cannot_be_one_is_named_and_never_printed(changes, words):
    with pytest.raises(keyring.KeysRefusedError, match=words) as refused:
        keyring.check({**GOOD, **changes})

    assert KEY[:8] not in str(refused.value)


def test_keys_as_they_are_made_are_taken():
    keyring.check(GOOD)


def test_a_database_that_is_not_there_does_not_keep_the_process_from_starting():
    keyring.verify(url="postgresql://nobody@127.0.0.1:1/none", ours=keyring.fingerprints(GOOD))


@pytest.mark.django_db
def test_migrating_writes_the_keys_down():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM changke_keys ORDER BY name")
        assert cursor.fetchall() == [("blind-index",), ("encryption-1",)]
