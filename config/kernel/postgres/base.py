"""Take pooled connections that are known to be whole.

Django can have the pool ask the server before each request whether a connection still works:
a round trip, as many as a posting takes. A server that has ended or restarted closes its
connections, though, and that shows on the socket; nothing else can come in unasked. So the
server is only asked when there is something to be read, or the connection has rested so long
that whoever stands between may have forgotten it.
"""

from __future__ import annotations

import select
import time
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool

RESTED = 30.0
_taken: WeakKeyDictionary[psycopg.Connection[Any], float] = WeakKeyDictionary()


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, with connections that are looked at before they are used."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection; from the pool, the first that works."""
        connection = super().get_new_connection(conn_params)
        while self.pool and not _is_whole(connection):
            # The pool drops what is closed and opens another in its place.
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection


def _is_whole(connection: psycopg.Connection[Any]) -> bool:
    # How long a connection has rested is real time, not the business clock.
    moment = time.monotonic()
    rested = moment - _taken.get(connection, moment)
    _taken[connection] = moment
    if rested < RESTED and not _has_news(connection):
        return True
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.Error:
        return False
    return True


def _has_news(connection: psycopg.Connection[Any]) -> bool:
    """Tell whether the server has sent or closed something since it was last spoken to."""
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    return bool(socket.poll(0))
