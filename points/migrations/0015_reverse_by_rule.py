"""A reversal of all that a source earned may name the rule whose entry it takes from first."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql" / "005_reversal.sql"


class Migration(migrations.Migration):
    dependencies = [("points", "0014_sweep_at_once")]

    operations = [migrations.RunSQL(_SQL.read_text(), migrations.RunSQL.noop)]
