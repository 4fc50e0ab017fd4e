"""Give a test that commits an empty database again, without touching what is empty anyway.

Django empties every table and writes content types, permissions, groups and schedules anew:
three seconds for some two hundred tables, of which a test fills ten. Here that happens once.
Afterwards only tables with something in them are emptied, and what Django would have written
anew is compared with what it wrote: a test that changed it pays for the long way.
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

_FILLED = """
    SELECT c.relname
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND c.relname <> 'django_migrations' AND pg_relation_size(c.oid) > 0
    ORDER BY c.relname
"""

# What the tables hold after the long way, by name.
_prints: dict[str, str] = {}


def by_need() -> None:
    """Let TransactionTestCase empty what is filled."""
    the_long_way = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def teardown(self: Any) -> None:
        if _prints and _empty():
            return
        the_long_way(self)
        _remember()

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]


def as_owner() -> psycopg.Connection[Any]:
    """Connect as the role that may empty tables, which the application's may not."""
    s = connections["default"].settings_dict
    return psycopg.connect(
        host=s["HOST"], port=s["PORT"], user=s["USER"], password=s["PASSWORD"], dbname=s["NAME"]
    )


def _empty() -> bool:
    """Empty what is filled; tell whether all else is as the long way had left it."""
    with as_owner() as owner:
        filled = [name for (name,) in owner.execute(_FILLED).fetchall()]
        foreign = [sql.Identifier(name) for name in filled if name not in _prints]
        if foreign:
            owner.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(foreign)))
        return _print(owner, list(_prints)) == _prints


def _remember() -> None:
    with as_owner() as owner:
        filled = [name for (name,) in owner.execute(_FILLED).fetchall()]
        _prints.clear()
        _prints.update(_print(owner, filled))


def _print(owner: psycopg.Connection[Any], tables: list[str]) -> dict[str, str]:
    """Return a digest of each table's rows."""
    one = sql.SQL(
        "SELECT {name}, md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), '')) FROM {table} t"
    )
    asked = [one.format(name=sql.Literal(name), table=sql.Identifier(name)) for name in tables]
    if not asked:
        return {}
    rows = owner.execute(sql.SQL(" UNION ALL ").join(asked)).fetchall()
    return dict(rows)
