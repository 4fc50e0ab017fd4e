"""Pooled connections: whole ones are used without a question, dead ones are replaced."""

from __future__ import annotations

from copy import deepcopy

import psycopg
import pytest
from django.db import connections
from psycopg_pool import ConnectionPool

from config.kernel.postgres import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pooled():
    settings = deepcopy(connections["default"].settings_dict)
    settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 1}
    wrapper = base.DatabaseWrapper(settings, alias="default")
    yield wrapper
    wrapper.close()
    wrapper.close_pool()


def ask(wrapper, sql="SELECT pg_backend_pid()"):
    with wrapper.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.fixture
def asked(monkeypatch):
    """Return the connections about which the server was asked."""
    found = []
    check = ConnectionPool.check_connection

    def noted(one):
        found.append(one)
        check(one)

    monkeypatch.setattr(ConnectionPool, "check_connection", noted)
    return found


def test_a_whole_connection_is_used_again_without_a_question(pooled, asked):
    first = ask(pooled)
    pooled.close()

    assert ask(pooled) == first
    assert asked == []


def test_a_connection_that_the_server_has_closed_is_replaced(pooled, asked):
    first = ask(pooled)
    pooled.close()
    # Not as the application's role, which may not. It waits for the end.
    with psycopg.connect(**pooled.get_connection_params()) as other:
        other.execute("SET ROLE NONE")
        assert other.execute("SELECT pg_terminate_backend(%s, 5000)", [first]).fetchone()[0]

    assert ask(pooled) != first
    assert len(asked) == 1


def test_one_that_has_rested_long_is_asked_about(pooled, asked, monkeypatch):
    first = ask(pooled)
    pooled.close()
    monkeypatch.setattr(base, "RESTED", 0.0)

    assert ask(pooled) == first
    assert len(asked) == 1
