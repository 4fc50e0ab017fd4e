import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from config.kernel.spread import CreateSpreadModel


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="LadderVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("programme_id", models.BigIntegerField(verbose_name="programme")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("replaced", "Replaced"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("rolling_spend", "rolling_spend"),
                            ("calendar_spend", "calendar_spend"),
                            ("growth", "growth"),
                        ],
                        max_length=16,
                        verbose_name="measure",
                    ),
                ),
                (
                    "validity_months",
                    models.PositiveSmallIntegerField(default=12, verbose_name="valid for months"),
                ),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(default=0, verbose_name="days of grace"),
                ),
                (
                    "steps_down",
                    models.PositiveSmallIntegerField(default=1, verbose_name="levels lost at most"),
                ),
                ("drafted_by", models.CharField(max_length=120, verbose_name="drafted by")),
                (
                    "published_by",
                    models.CharField(blank=True, max_length=120, verbose_name="published by"),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("drafted_at", models.DateTimeField(verbose_name="drafted at")),
                ("published_at", models.DateTimeField(null=True, verbose_name="published at")),
            ],
            options={
                "verbose_name": "ladder",
                "verbose_name_plural": "ladders",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme_id", "version"), name="loyalty_ladder_version_is_unique"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "published")),
                        fields=("programme_id",),
                        name="loyalty_one_ladder_is_in_force",
                    ),
                ],
            },
        ),
        CreateSpreadModel(
            name="MemberTier",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("programme_id", models.BigIntegerField()),
                ("tier_code", models.CharField(max_length=32)),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("protected", models.BooleanField(default=False)),
                ("ladder_version", models.PositiveIntegerField()),
                ("grants", models.JSONField(default=list)),
                (
                    "days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                (
                    "spends",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "growths",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("as_of", models.DateTimeField(null=True)),
                ("changes", models.IntegerField(default=0)),
            ],
            options={
                "verbose_name": "member's tier",
                "verbose_name_plural": "members' tiers",
                "indexes": [
                    models.Index(
                        condition=models.Q(("until__isnull", False)),
                        fields=["programme_id", "until"],
                        name="loyalty_tier_due",
                    ),
                    models.Index(
                        fields=["programme_id", "ladder_version", "member_id"],
                        name="loyalty_tier_ladder",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "programme_id"), name="loyalty_member_stands_once"
                    )
                ],
            },
        ),
        CreateSpreadModel(
            name="Qualifying",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("programme_id", models.BigIntegerField()),
                ("source", models.CharField(max_length=120)),
                ("day", models.IntegerField()),
                ("spend", models.BigIntegerField()),
                ("growth", models.BigIntegerField()),
                ("counted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "programme_id", "source"),
                        name="loyalty_source_counts_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("spend__gte", 0), ("growth__gte", 0)),
                        name="loyalty_source_not_taken_back_beyond",
                    ),
                ],
            },
        ),
        CreateSpreadModel(
            name="TierChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("programme_id", models.BigIntegerField()),
                ("number", models.IntegerField()),
                ("from_code", models.CharField(max_length=32)),
                ("to_code", models.CharField(max_length=32)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("upgraded", "upgraded"),
                            ("renewed", "renewed"),
                            ("protected", "protected"),
                            ("downgraded", "downgraded"),
                            ("refunded", "refunded"),
                            ("remapped", "remapped"),
                        ],
                        max_length=12,
                    ),
                ),
                ("ladder_version", models.PositiveIntegerField()),
                ("inputs", models.JSONField()),
                ("source", models.CharField(blank=True, max_length=120)),
                ("occurred_at", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "tier change",
                "verbose_name_plural": "tier changes",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "programme_id", "number"),
                        name="loyalty_tier_changes_are_numbered",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LadderTier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(verbose_name="rank")),
                ("code", models.CharField(max_length=32, verbose_name="code")),
                ("name_zh", models.CharField(max_length=40, verbose_name="name in Chinese")),
                ("name_en", models.CharField(max_length=40, verbose_name="name in English")),
                ("threshold", models.BigIntegerField(verbose_name="threshold")),
                (
                    "multiplier",
                    models.DecimalField(
                        decimal_places=3, max_digits=6, verbose_name="points multiplier"
                    ),
                ),
                (
                    "ladder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tiers",
                        to="loyalty.ladderversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "tier",
                "verbose_name_plural": "tiers",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ladder", "rank"), name="loyalty_rank_is_unique"
                    ),
                    models.UniqueConstraint(
                        fields=("ladder", "code"), name="loyalty_tier_code_is_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("threshold__gte", 0)),
                        name="loyalty_threshold_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("multiplier__gt", 0)), name="loyalty_multiplier_counts"
                    ),
                ],
            },
        ),
    ]
