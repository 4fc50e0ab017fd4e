"""What the application's role may do: everything but change tables registered as append-only.

Apps register their append-only tables in `AppConfig.ready()`; the grants are renewed after
every `migrate`, which runs as the owner.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections

_append_only: set[str] = set()


def append_only(table: str) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE on `table` to the application's role."""
    _append_only.add(table)


def renew(*, using: str = "default", **_: Any) -> None:
    """Grant the application's role its rights (post_migrate receiver)."""
    connection = connections[using]
    role = connection.ops.quote_name(settings.APP_ROLE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.APP_ROLE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {role} LOGIN")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        existing = set(connection.introspection.table_names(cursor))
        for table in sorted(_append_only & existing):
            name = connection.ops.quote_name(table)
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {role}")
