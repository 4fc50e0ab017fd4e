"""Policies in versions, purposes as rows, and where a consent was given and withdrawn."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0009_profile_extras")]

    operations = [
        migrations.CreateModel(
            name="ConsentPurpose",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name_zh", models.CharField(max_length=80, verbose_name="Chinese name")),
                ("name_en", models.CharField(max_length=80, verbose_name="English name")),
                ("words_zh", models.CharField(max_length=300, verbose_name="in Chinese words")),
                ("words_en", models.CharField(max_length=300, verbose_name="in English words")),
                (
                    "initially",
                    models.BooleanField(default=False, verbose_name="on until objected to"),
                ),
                ("sort", models.IntegerField(default=0, verbose_name="place")),
                ("in_use", models.BooleanField(default=True, verbose_name="in use")),
            ],
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("programme_id", models.BigIntegerField(verbose_name="programme")),
                ("kind", models.CharField(max_length=8, verbose_name="kind")),
                ("version", models.CharField(max_length=40, verbose_name="version")),
                ("state", models.CharField(default="draft", max_length=9, verbose_name="state")),
                ("text_zh", models.TextField(verbose_name="Chinese text")),
                ("text_en", models.TextField(verbose_name="English text")),
                (
                    "changes_zh",
                    models.TextField(
                        blank=True, default="", verbose_name="what changed, in Chinese"
                    ),
                ),
                (
                    "changes_en",
                    models.TextField(
                        blank=True, default="", verbose_name="what changed, in English"
                    ),
                ),
                (
                    "material",
                    models.BooleanField(default=False, verbose_name="asks for consent again"),
                ),
                ("drafted_by", models.CharField(max_length=80, verbose_name="drafted by")),
                ("drafted_at", models.DateTimeField(verbose_name="drafted at")),
                (
                    "published_by",
                    models.CharField(default="", max_length=80, verbose_name="published by"),
                ),
                ("published_at", models.DateTimeField(null=True, verbose_name="published at")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme_id", "kind", "version"),
                        name="members_policy_version_is_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "published"), ("published_at__isnull", True), _connector="XOR"
                        ),
                        name="members_published_policy_says_when",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="consent",
            name="source",
            field=models.CharField(default="", max_length=20),
        ),
        migrations.AddField(
            model_name="consent",
            name="withdrawn_source",
            field=models.CharField(default="", max_length=20),
        ),
        migrations.AlterField(
            model_name="consent",
            name="given_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("given_at__isnull", True)),
                fields=("member_id", "purpose"),
                name="members_objection_is_made_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("given_at__isnull", False), ("withdrawn_at__isnull", False), _connector="OR"
                ),
                name="members_consent_says_when",
            ),
        ),
    ]
