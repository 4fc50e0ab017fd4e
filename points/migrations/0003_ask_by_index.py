"""Ask whether a key or source is known by index alone: the functions that asked with EXISTS."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql"
_FILES = ("006_batch.sql", "008_sweep.sql")


class Migration(migrations.Migration):
    dependencies = [("points", "0002_functions")]

    operations = [
        migrations.RunSQL(
            "\n".join((_SQL / name).read_text() for name in _FILES), migrations.RunSQL.noop
        )
    ]
