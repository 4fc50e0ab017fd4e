"""A function that posts histories: earnings and their reversals of many members at once."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("points", "0004_policies")]

    operations = [
        migrations.RunSQL(
            (_SQL / "010_history.sql").read_text(),
            reverse_sql="DROP FUNCTION points_history(jsonb, timestamptz, boolean)",
        )
    ]
