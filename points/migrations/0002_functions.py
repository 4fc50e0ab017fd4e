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
_DROP_ALL = r"""
DROP VIEW points_balances, points_open_lots;
DROP TRIGGER points_entry_is_for_ever ON points_entry;
DO $$
DECLARE f text;
BEGIN
    FOR f IN SELECT oid::regprocedure::text FROM pg_proc
        WHERE proname LIKE 'points\_%' AND pronamespace = 'public'::regnamespace
    LOOP
        EXECUTE 'DROP FUNCTION ' || f;
    END LOOP;
END $$;
DROP TYPE points_reply, points_command;
"""


class Migration(migrations.Migration):
    dependencies = [("points", "0001_ledger"), ("kernel", "0001_outbox")]

    operations = [
        migrations.RunSQL(
            "\n".join((_SQL / name).read_text() for name in _FILES), reverse_sql=_DROP_ALL
        )
    ]
