"""Sweeps pass over what another has locked instead of waiting for it."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql" / "008_sweep.sql"


class Migration(migrations.Migration):
    dependencies = [("points", "0017_one_key_one_entry")]

    operations = [migrations.RunSQL(_SQL.read_text(), migrations.RunSQL.noop)]
