"""The functions that write the ledger, and what storage they want of the tables."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql"
_FILES = (
    "001_storage.sql",
    "002_core.sql",
    "003_due.sql",
    "004_operations.sql",
    "005_reversal.sql",
    "006_batch.sql",
    "007_views.sql",
    "008_sweep.sql",
)


class Migration(migrations.Migration):
    dependencies = [("points", "0001_ledger"), ("kernel", "0001_outbox")]

    operations = [
        migrations.RunSQL((_SQL / name).read_text(), migrations.RunSQL.noop) for name in _FILES
    ]
