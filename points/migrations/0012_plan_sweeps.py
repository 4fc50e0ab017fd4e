"""Plan the statements of a sweep for the members at hand.

A plan made once for all compares each lot with ten thousand accounts one after the other;
one made for this chunk looks them up. From a process's sixth chunk on that is ten times.
"""

from django.db import migrations

# Whichever there are: the file of sweeps has been written anew since.
_SET = """
DO $$
DECLARE f text;
BEGIN
    FOR f IN SELECT oid::regprocedure::text FROM pg_proc
        WHERE proname IN ('points_sweep', 'points_expire_many', 'points_mature_many')
          AND pronamespace = 'public'::regnamespace
    LOOP
        EXECUTE 'ALTER FUNCTION ' || f || ' {how}';
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("points", "0011_approve_exports")]

    operations = [
        migrations.RunSQL(
            _SET.format(how="SET plan_cache_mode = force_custom_plan"),
            _SET.format(how="RESET plan_cache_mode"),
        )
    ]
