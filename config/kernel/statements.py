"""Statements of the hot paths, sent past Django's cursor.

Django binds values into the text of every statement, so that each is parsed and planned
anew. Here values travel as parameters: after a few times a connection has the plan ready.
Several statements that need no answer can travel together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import Cursor


def ask(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows. It joins the transaction that is open."""
    with _cursor(sql) as cursor:
        return cursor.execute(sql, values, binary=True).fetchall()


def tell(sql: str, values: Sequence[Any] = ()) -> None:
    """Run one statement whose rows nobody wants; inside `together`, without waiting for it."""
    with _cursor(sql) as cursor:
        cursor.execute(sql, values)


def bigints(numbers: Iterable[int]) -> str:
    """Return numbers as PostgreSQL writes an array, for `%s::bigint[]`.

    The driver would look at each of them to find out how wide they are.
    """
    return "{" + ",".join(map(str, numbers)) + "}"


@contextmanager
def together() -> Iterator[None]:
    """Send what is told inside without waiting in between; what fails is raised at the end.

    Inside, nothing may look at a row count or an error of a single statement.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors, database.connection.pipeline():
        yield


@contextmanager
def _cursor(sql: str) -> Iterator[Cursor[Any]]:
    # Looked up once: `django.db.connection` does it again for each of its attributes.
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    database.validate_no_broken_transaction()
    if database.queries_logged:
        # Tests count statements by this log.
        database.queries_log.append({"sql": sql, "time": "0"})
    with database.wrap_database_errors, Cursor(database.connection) as cursor:
        yield cursor
