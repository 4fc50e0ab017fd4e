"""Capped debt, grace that does not repeat, and reservations that a merge may move."""

from pathlib import Path

from django.db import migrations, models

_SQL = Path(__file__).resolve().parent.parent / "sql" / "005_reversal.sql"


class Migration(migrations.Migration):
    dependencies = [("points", "0003_ask_by_index")]

    operations = [
        migrations.AddField(
            model_name="lot", name="graced", field=models.BooleanField(db_default=False)
        ),
        migrations.AddField(
            model_name="hold", name="moved_member_id", field=models.BigIntegerField(null=True)
        ),
        migrations.AddField(
            model_name="hold", name="moved_hold_id", field=models.BigIntegerField(null=True)
        ),
        migrations.AlterField(
            model_name="hold",
            name="status",
            field=models.CharField(
                choices=[
                    ("held", "held"),
                    ("captured", "captured"),
                    ("released", "released"),
                    ("lapsed", "lapsed"),
                    ("moved", "moved"),
                ],
                max_length=8,
            ),
        ),
        migrations.RunSQL(_SQL.read_text(), reverse_sql=migrations.RunSQL.noop),
    ]
