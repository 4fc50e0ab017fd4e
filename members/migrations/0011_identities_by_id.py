"""Find identities by their id alone, whichever channel gave it out."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from config.kernel.sealed import BlindOf


class Migration(migrations.Migration):
    # Built beside the shop's writes.
    atomic = False

    dependencies = [("members", "0010_policies_and_consents")]

    operations = [
        AddIndexConcurrently(
            model_name="identity",
            index=models.Index(BlindOf("external_id"), name="members_identity_by_id"),
        ),
    ]
