"""Tables that are spread by member: PRIMARY KEY (member_id, id) in the database.

Django sees `id` as the primary key; the database's key starts with `member_id`, as a
distributed PostgreSQL asks, so that moving there is configuration and not surgery.
Use `CreateSpreadModel` in the migration instead of `CreateModel`. Such models are
written by SQL or `bulk_create`, never by `save()`, which would look for `id` alone.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations


class CreateSpreadModel(migrations.CreateModel):
    """Create a table whose primary key is (member_id, id)."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        plain_sql = schema_editor.table_sql

        def spread_sql(model: Any) -> tuple[str, Any]:
            sql, params = plain_sql(model)
            if sql.count(" PRIMARY KEY") != 1:
                raise ValueError(f"{model.__name__} has no single-column primary key")
            head, tail = sql.replace(" PRIMARY KEY", "", 1).rsplit(")", 1)
            key = ", ".join(schema_editor.quote_name(n) for n in ("member_id", "id"))
            return f"{head}, PRIMARY KEY ({key})){tail}", params

        schema_editor.table_sql = spread_sql
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            del schema_editor.table_sql
