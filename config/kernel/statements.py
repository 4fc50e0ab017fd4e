"""Statements of the hot paths, sent past Django's cursor.

Django binds values into the text of every statement, so that each is parsed and planned
anew. Here values travel as parameters: after a few times a connection has the plan ready.
Several statements that need no answer can travel together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import Cursor


class _Expected:
    """How many rows a statement on its way has to change, and what is wrong if it does not."""

    __slots__ = ("cursor", "otherwise", "rows")

    def __init__(self, cursor: Cursor[Any], rows: int, otherwise: Exception) -> None:
        self.cursor, self.rows, self.otherwise = cursor, rows, otherwise

    def check(self) -> None:
        if self.cursor.rowcount != self.rows:
            raise self.otherwise


# What is to be checked once the statements that travel together have arrived.
_travelling: ContextVar[list[_Expected] | None] = ContextVar("travelling", default=None)


def ask(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows. It joins the transaction that is open."""
    database = _database(sql)
    with database.wrap_database_errors:
        return Cursor(database.connection).execute(sql, values, binary=True).fetchall()


def tell(
    sql: str,
    values: Sequence[Any] = (),
    *,
    rows: int | None = None,
    otherwise: Exception | None = None,
) -> None:
    """Run one statement whose rows nobody wants; inside `together`, without waiting for it.

    When it has to change `rows` of them, `otherwise` is raised if it does not: at once, or at
    the end of `together`.
    """
    database = _database(sql)
    with database.wrap_database_errors:
        cursor = Cursor(database.connection).execute(sql, values)
    if rows is None or otherwise is None:
        return
    expected = _Expected(cursor, rows, otherwise)
    travelling = _travelling.get()
    if travelling is None:
        expected.check()
    else:
        travelling.append(expected)


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
    expected: list[_Expected] = []
    outer = _travelling.set(expected)
    try:
        with database.wrap_database_errors, database.connection.pipeline():
            yield
    finally:
        _travelling.reset(outer)
    for one in expected:
        one.check()


def _database(sql: str) -> Any:
    """Return the connection, ready for a statement past Django's cursor."""
    # Looked up once: `django.db.connection` does it again for each of its attributes.
    database = connections[DEFAULT_DB_ALIAS]
    if database.connection is None:
        database.ensure_connection()
    database.validate_no_broken_transaction()
    if database.queries_logged:
        # Tests count statements by this log.
        database.queries_log.append({"sql": sql, "time": "0"})
    return database
