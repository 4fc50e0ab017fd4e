"""A key posts once though two accounts race for it; exchanges follow merged members."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql"
_FILES = ("002_core.sql", "004_operations.sql", "006_batch.sql", "010_exchange.sql")


class Migration(migrations.Migration):
    dependencies = [("points", "0016_merging")]

    operations = [
        migrations.RunSQL(
            "\n".join((_SQL / name).read_text() for name in _FILES), migrations.RunSQL.noop
        )
    ]
