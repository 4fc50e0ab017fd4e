"""Keys are made once, kept from others, and tied to the database they were used with."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import psycopg
import pytest

from config.launch import keys
from config.launch.places import LaunchError


@pytest.fixture
def empty_database() -> Iterator[str]:
    """Yield the address of a database that nobody else uses."""
    server = os.environ["DATABASE_OWNER_URL"].rpartition("/")[0]
    name = f"launch_{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name}")


def test_keys_are_made_once_and_read_by_their_owner_alone(var):
    first = keys.load_or_create(var)

    assert keys.load_or_create(var) == first
    assert (var / "keys.json").stat().st_mode & 0o777 == 0o600


def test_unreadable_keys_are_not_replaced(var):
    (var / "keys.json").write_text("{")

    with pytest.raises(LaunchError, match="Put the file back"):
        keys.load_or_create(var)

    assert (var / "keys.json").read_text() == "{"


def test_a_database_takes_only_the_keys_it_knows(empty_database):
    ours = keys.fingerprints(keys.generate().environment())
    others = keys.fingerprints(keys.generate().environment())
    keys.remember(owner_url=empty_database, ours=ours)
    keys.remember(owner_url=empty_database, ours=ours)

    with pytest.raises(LaunchError, match="written with other keys"):
        keys.remember(owner_url=empty_database, ours=others)


def test_a_ring_may_grow_but_not_lose_a_key(empty_database):
    ours = keys.fingerprints(keys.generate().environment())
    keys.remember(owner_url=empty_database, ours=ours)
    grown = {**ours, "encryption-2": "2222"}
    keys.remember(owner_url=empty_database, ours=grown)

    with pytest.raises(LaunchError, match="encryption-2"):
        keys.remember(owner_url=empty_database, ours=ours)


def test_a_database_that_is_not_there_is_said_in_a_sentence():
    with pytest.raises(LaunchError, match="cannot be reached"):
        keys.remember(owner_url="postgresql://nobody@127.0.0.1:1/none", ours={})
