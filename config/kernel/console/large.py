"""Tables of millions of rows, listed without counting or sorting them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

from config.kernel import clock

_SORTABLE = 200_000


def is_small(model: type[Model]) -> bool:
    """Tell whether a table can be sorted while an operator waits, by the planner's estimate."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
        )
        return bool(cursor.fetchone()[0] < _SORTABLE)


def newest(rows: QuerySet[Any], *, field: str, enough: int = 200) -> QuerySet[Any]:
    """Narrow a huge table to its newest stretch: an hour, a day, a month, a year, or all.

    A list of everything by time would sort it all. The stretch is the shortest that holds
    `enough` rows.
    """
    now: datetime = clock.now()
    for stretch in (timedelta(hours=1), timedelta(days=1), timedelta(days=31), timedelta(days=366)):
        part = rows.filter(**{f"{field}__gte": now - stretch})
        if part.values("pk")[:enough].count() >= enough:
            return part
    return rows
