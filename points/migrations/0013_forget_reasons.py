"""Let an erasure blank the free text of entries. Amounts, dates and sources stay for ever.

The trigger lets pass an update that empties `reason` and touches nothing else; who may do
that is still only the owner of the schema, through one function.
"""

from django.db import migrations

_FORWARDS = """
CREATE OR REPLACE FUNCTION points_entry_is_for_ever() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.reason = ''
       AND to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'points_entry is append-only: a mistake is reversed, not changed'
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION points_forget_reasons(members bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE blanked bigint;
BEGIN
    UPDATE points_entry SET reason = '' WHERE member_id = ANY(members) AND reason <> '';
    GET DIAGNOSTICS blanked = ROW_COUNT;
    RETURN blanked;
END $$;
"""
_BACKWARDS = """
DROP FUNCTION points_forget_reasons(bigint[]);
CREATE OR REPLACE FUNCTION points_entry_is_for_ever() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'points_entry is append-only: a mistake is reversed, not changed'
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("points", "0012_plan_sweeps")]

    operations = [migrations.RunSQL(_FORWARDS, _BACKWARDS)]
