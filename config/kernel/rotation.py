"""Rewrite encrypted values under the primary key, in chunks that commit.

It can be stopped and started again at any time, and runs beside the application: a row
that changes meanwhile is left to its writer, who uses the primary key anyway. Blind
indexes have a key of their own and stay. Sessions are not rewritten; they end by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from config.kernel import crypto
from config.kernel.fields import EncryptedTextField
from config.kernel.sealed import SealedTextField

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Column:
    """An encrypted column, and where in its bytes the ciphertext begins."""

    table: str
    name: str
    keys: tuple[str, ...]
    context: str
    offset: int


def columns() -> Iterator[Column]:
    """Yield every encrypted column of the installation."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield _column(model, field)


def _column(model: Any, field: EncryptedTextField) -> Column:
    keys = [model._meta.pk.column]
    # Rows of a spread table are named by member and id.
    if any(f.column == "member_id" for f in model._meta.concrete_fields):
        keys.append("member_id")
    return Column(
        table=model._meta.db_table,
        name=str(field.column),
        keys=tuple(keys),
        context=field.context,
        offset=crypto.BLIND_BYTES if isinstance(field, SealedTextField) else 0,
    )


def rotate(*, column: Column, tell: Callable[[int], None] | None = None) -> int:
    """Rewrite the values of a column that are under another key; return how many.

    `tell` hears after each chunk, which is committed by then: to stop there loses nothing.
    """
    rewritten = 0
    while taken := _rotate_chunk(column):
        rewritten += taken
        if tell is not None:
            tell(rewritten)
    return rewritten


def count_left(*, column: Column) -> dict[int, int]:
    """Return how many values of a column are under each key that is not the primary one."""
    quote = connection.ops.quote_name
    table, name = quote(column.table), quote(column.name)
    key = f"get_byte({name}, {column.offset + 1})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, count(*) FROM {table}"
            f" WHERE {name} IS NOT NULL AND {key} <> %s GROUP BY 1",
            [crypto.ring().primary],
        )
        return dict(cursor.fetchall())


@transaction.atomic
def _rotate_chunk(column: Column) -> int:
    quote = connection.ops.quote_name
    table, name = quote(column.table), quote(column.name)
    keys = [quote(key) for key in column.keys]
    ring = crypto.ring()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(keys)}, {name} FROM {table}"
            f" WHERE {name} IS NOT NULL AND get_byte({name}, {column.offset + 1}) <> %s"
            f" LIMIT {_CHUNK} FOR UPDATE SKIP LOCKED",
            [ring.primary],
        )
        rows = cursor.fetchall()
        where = " AND ".join(f"{key} IS NOT DISTINCT FROM %s" for key in keys)
        cursor.executemany(
            f"UPDATE {table} SET {name} = %s WHERE {where}",
            [(_renew(column, bytes(row[-1])), *row[:-1]) for row in rows],
        )
    return len(rows)


def _renew(column: Column, stored: bytes) -> bytes:
    ring = crypto.ring()
    plain = ring.decrypt(stored[column.offset :], context=column.context)
    return stored[: column.offset] + ring.encrypt(plain, context=column.context)
