"""Follow merged members: what is told of them happens to whom they became."""

from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

_SQL = Path(__file__).resolve().parent.parent / "sql"
_FILES = (
    "012_merging.sql",
    "002_core.sql",
    "004_operations.sql",
    "005_reversal.sql",
    "006_batch.sql",
    "010_history.sql",
)
_DROP = """
DROP FUNCTION points_merge_open, points_merge_mark, points_merge_unmark, points_join, points_did,
    points_accounts_of, points_settled_of, points_follow_lot, points_revive_lot, points_hold_of,
    points_earned_under, points_lapsed_of, points_entry_of;
"""


def _functions(name: str) -> str:
    """Return a file's functions, without the types that stand before them."""
    text = (_SQL / name).read_text()
    return text[text.index("CREATE OR REPLACE FUNCTION") :]


class Migration(migrations.Migration):
    dependencies = [("points", "0015_reverse_by_rule")]

    operations = [
        migrations.AddField("account", "moved_to", models.BigIntegerField(null=True)),
        *(
            migrations.AddField(
                "account",
                name,
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.BigIntegerField(), null=True, size=None
                ),
            )
            for name in ("also", "kin")
        ),
        migrations.RunSQL("\n".join(_functions(name) for name in _FILES), reverse_sql=_DROP),
    ]
