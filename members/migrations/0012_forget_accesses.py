"""Let what is older than three years leave the access log.

The application's role cannot change the log. This function can, and does one thing only: of
rows as old as that, counted from the newest one, so that nobody empties the log by it.
"""

from django.db import migrations

_FORGET = """
CREATE FUNCTION members_forget_accesses(before timestamptz, most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint;
BEGIN
    DELETE FROM members_accessrecord a
     USING (SELECT member_id, id FROM members_accessrecord
             WHERE recorded_at < least(
                   before, (SELECT max(recorded_at) FROM members_accessrecord) - interval '3 years')
             ORDER BY recorded_at LIMIT most) AS old
     WHERE a.member_id = old.member_id AND a.id = old.id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0011_identities_by_id")]

    operations = [
        migrations.RunSQL(_FORGET, "DROP FUNCTION members_forget_accesses(timestamptz, integer)")
    ]
