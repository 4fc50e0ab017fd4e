"""Let an erasure find remembered answers, and blank what staff wrote in the audit trail.

The application's role cannot change the trail. This function can, and does one thing only.
"""

from django.db import migrations, models

_FORGET = """
CREATE FUNCTION kernel_forget_reasons(targets text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE blanked bigint;
BEGIN
    UPDATE kernel_auditrecord SET reason = '' WHERE target = ANY(targets) AND reason <> '';
    GET DIAGNOSTICS blanked = ROW_COUNT;
    RETURN blanked;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_delivery_starts")]

    operations = [
        migrations.AddField(
            model_name="idempotencyrecord",
            name="member_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="idempotencyrecord",
            index=models.Index(
                fields=["member_id"],
                name="kernel_answers_of_member",
                condition=models.Q(member_id__isnull=False),
            ),
        ),
        migrations.RunSQL(_FORGET, "DROP FUNCTION kernel_forget_reasons(text[])"),
    ]
