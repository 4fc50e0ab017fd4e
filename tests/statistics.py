"""What autovacuum does in a server that lives: tell the planner how large tables have become."""

from django.conf import settings
from django.db import connection


def analyze(*tables: str) -> None:
    """Gather statistics of tables as their owner, inside the transaction of a test."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
        cursor.execute(f"SET ROLE {connection.ops.quote_name(settings.APP_ROLE)}")
