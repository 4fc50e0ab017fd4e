"""Statements of the hot paths, sent past Django's cursor.

Django binds values into the text of every statement, so that each is parsed and planned
anew. Here values travel as parameters: after a few times a connection has the plan ready.
Several statements that need no answer can travel together.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
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


class _Journey:
    """Statements under way, which nobody has waited for yet."""

    def __init__(self) -> None:
        self.expected: list[_Expected] = []
        self._way = ExitStack()
        self._watch = ExitStack()
        self.is_under_way = self.is_resting = False

    def depart(self, database: Any) -> None:
        """Send from now on without waiting."""
        self._wake()
        if not self.is_under_way:
            self._way.enter_context(database.wrap_database_errors)
            self._way.enter_context(database.connection.pipeline())
            self.is_under_way = True

    def rest(self, database: Any) -> None:
        """Let them be under way until Django's cursor, which knows nothing of it, is used."""
        self._watch.enter_context(database.execute_wrapper(self._wait_first))
        self.is_resting = True

    def arrive(self) -> None:
        """Wait for all; what failed is raised."""
        self._wake()
        expected, self.expected = self.expected, []
        if self.is_under_way:
            self.is_under_way = False
            self._way.close()
        for one in expected:
            one.check()

    def give_up(self, *why: Any) -> None:
        """Leave after an error, which is what will be told."""
        self._wake()
        self.expected.clear()
        self.is_under_way = False
        self._way.__exit__(*why)

    def _wake(self) -> None:
        self._watch.close()
        self.is_resting = False

    def _wait_first(self, execute: Any, *given: Any) -> Any:
        self.arrive()
        return execute(*given)


_journey: ContextVar[_Journey | None] = ContextVar("journey", default=None)


def ask(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows. It joins the transaction that is open."""
    arrive()
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
    journey = _journey.get()
    if journey is not None and journey.is_under_way:
        journey.expected.append(expected)
    else:
        expected.check()


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
    journey = _journey.get()
    if journey is None:
        with lingering(), together():
            yield
        return
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    journey.depart(database)
    try:
        yield
    except BaseException:
        journey.give_up(*sys.exc_info())
        raise
    journey.rest(database)


@contextmanager
def lingering() -> Iterator[None]:
    """Do not wait at the end of `together` inside, but when something is asked, or at the end.

    Meanwhile the answer can be made. What is told then travels along.
    """
    journey = _Journey()
    outer = _journey.set(journey)
    try:
        yield
        journey.arrive()
    except BaseException:
        journey.give_up(*sys.exc_info())
        raise
    finally:
        _journey.reset(outer)


def arrive() -> None:
    """Wait for what is under way, before something that cannot travel along."""
    journey = _journey.get()
    if journey is not None and journey.is_under_way and journey.is_resting:
        journey.arrive()


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
