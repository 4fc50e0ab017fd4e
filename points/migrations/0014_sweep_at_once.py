"""Expire and mature the accounts of a sweep in one statement that reads each lot once."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql" / "008_sweep.sql"
# What an older text of the same file made, with other arguments.
_DROP_OLDER = """
DROP FUNCTION IF EXISTS points_expire_many(bigint[], bigint[], timestamptz);
DROP FUNCTION IF EXISTS points_mature_many(bigint[], bigint[], timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("points", "0013_forget_reasons")]

    operations = [migrations.RunSQL(_SQL.read_text() + _DROP_OLDER, migrations.RunSQL.noop)]
