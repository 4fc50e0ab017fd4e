"""Plan the statements of a sweep for the members at hand.

A plan made once for all compares each lot with ten thousand accounts one after the other;
one made for this chunk looks them up. From a process's sixth chunk on that is ten times.
"""

from django.db import migrations

_FUNCTIONS = (
    "points_sweep(bigint[], timestamptz)",
    "points_expire_many(bigint[], bigint[], timestamptz)",
    "points_mature_many(bigint[], bigint[], timestamptz)",
)


class Migration(migrations.Migration):
    dependencies = [("points", "0011_approve_exports")]

    operations = [
        migrations.RunSQL(
            [f"ALTER FUNCTION {f} SET plan_cache_mode = force_custom_plan" for f in _FUNCTIONS],
            [f"ALTER FUNCTION {f} RESET plan_cache_mode" for f in _FUNCTIONS],
        )
    ]
