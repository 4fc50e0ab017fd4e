"""Copies of their data that members ask for, and erasures."""

from django.db import migrations, models

import config.kernel.fields
from config.kernel.spread import CreateSpreadModel


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0005_staff_access"),
    ]

    operations = [
        CreateSpreadModel(
            name="DataExport",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("locale", models.CharField(default="", max_length=16)),
                ("requested_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("ready_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("fetched_at", models.DateTimeField(null=True)),
                ("done", models.IntegerField(default=0)),
                ("total", models.IntegerField(default=0)),
                ("rows", models.BigIntegerField(default=0)),
                ("size", models.BigIntegerField(default=0)),
                ("file_name", config.kernel.fields.EncryptedTextField(null=True)),
                ("tries", models.SmallIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "building"])),
                        fields=["state", "started_at"],
                        name="members_exports_to_build",
                    ),
                    models.Index(
                        condition=models.Q(("state", "ready")),
                        fields=["expires_at"],
                        name="members_exports_to_end",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "building"])),
                        fields=("member_id",),
                        name="members_one_export_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(
                                ("expires_at__isnull", False),
                                ("file_name__isnull", False),
                                ("ready_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="members_ready_export_has_a_file",
                    ),
                ],
            },
        ),
        CreateSpreadModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("state", models.CharField(default="waiting", max_length=9)),
                ("actor", models.CharField(max_length=80)),
                ("requested_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("problem", models.CharField(default="", max_length=40)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("member_ids", models.JSONField(default=list)),
                ("user_ids", models.JSONField(default=list)),
                ("done", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["due_at"],
                        name="members_erasures_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "running", "done"])),
                        fields=("member_id",),
                        name="members_erased_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "cancelled"), ("cancelled_at__isnull", True), _connector="XOR"
                        ),
                        name="members_cancelled_erasure_says_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "done"), ("done_at__isnull", True), _connector="XOR"
                        ),
                        name="members_done_erasure_says_when",
                    ),
                ],
            },
        ),
    ]
