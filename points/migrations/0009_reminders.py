"""When members were last told of a date on which points end."""

from django.db import migrations, models

from config.kernel.spread import CreateSpreadModel


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0008_proofs"),
    ]

    operations = [
        CreateSpreadModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("account_id", models.BigIntegerField()),
                ("expires_at", models.DateTimeField()),
                ("points", models.BigIntegerField()),
                ("step", models.PositiveSmallIntegerField()),
                ("day", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "account_id", "expires_at"),
                        name="points_reminder_once",
                    )
                ],
            },
        ),
    ]
