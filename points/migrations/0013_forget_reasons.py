"""Let an erasure blank the free text of entries. Amounts, dates and sources stay for ever.

The trigger lets pass an update that empties `reason` and touches nothing else; who may do
that is still only the owner of the schema, through one function.
"""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql" / "013_forgetting.sql"


class Migration(migrations.Migration):
    dependencies = [("points", "0012_plan_sweeps")]

    operations = [
        migrations.RunSQL(_SQL.read_text(), "DROP FUNCTION points_forget_reasons(bigint[])")
    ]
