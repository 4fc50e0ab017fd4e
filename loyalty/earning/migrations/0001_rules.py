from django.db import migrations, models

from config.kernel.spread import CreateSpreadModel


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateSpreadModel(
            name="EarnDecision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("programme_id", models.BigIntegerField()),
                ("source", models.CharField(max_length=120)),
                ("rule_version", models.PositiveIntegerField()),
                ("rate", models.CharField(max_length=40)),
                ("multiplier", models.CharField(max_length=40)),
                ("earned", models.BigIntegerField()),
                ("growth", models.BigIntegerField()),
                ("rows", models.JSONField()),
                ("inputs", models.JSONField()),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "programme_id", "source"),
                        name="earning_source_is_decided_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EarnRuleVersion",
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
                        choices=[("draft", "Draft"), ("published", "Published")],
                        default="draft",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("rate_numerator", models.PositiveBigIntegerField(verbose_name="points")),
                (
                    "rate_denominator",
                    models.PositiveBigIntegerField(verbose_name="per minor units"),
                ),
                ("growth_numerator", models.PositiveBigIntegerField(verbose_name="growth")),
                (
                    "growth_denominator",
                    models.PositiveBigIntegerField(verbose_name="per minor units (growth)"),
                ),
                (
                    "tier_multiplier",
                    models.BooleanField(default=True, verbose_name="tiers multiply"),
                ),
                (
                    "line_multipliers",
                    models.JSONField(blank=True, default=dict, verbose_name="multipliers of goods"),
                ),
                ("from_at", models.DateTimeField(null=True, verbose_name="in force from")),
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
                "verbose_name": "earn rules",
                "verbose_name_plural": "earn rules",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme_id", "version"), name="earning_rules_version_is_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rate_denominator__gt", 0), ("growth_denominator__gt", 0)
                        ),
                        name="earning_rates_are_fractions",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"), ("from_at__isnull", False), _connector="OR"
                        ),
                        name="earning_published_rules_have_a_start",
                    ),
                ],
            },
        ),
    ]
