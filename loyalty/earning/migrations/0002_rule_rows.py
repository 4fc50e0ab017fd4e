import django.db.models.deletion
from django.db import migrations, models

from config.kernel.spread import CreateSpreadModel


def rows_of_multipliers(apps, schema_editor):
    """Write each multiplier of goods as a row of its version: a product before its category."""
    version_model = apps.get_model("earning", "EarnRuleVersion")
    rule_model = apps.get_model("earning", "EarnRule")
    for version in version_model.objects.exclude(line_multipliers={}):
        rule_model.objects.bulk_create(
            rule_model(
                version=version,
                code=f"goods-{number}",
                name_zh=selector,
                name_en=selector,
                priority=10 if selector.startswith("sku:") else 20,
                exclusive_group="goods",
                action="factor",
                value=value,
                goods=[selector],
            )
            for number, (selector, value) in enumerate(version.line_multipliers.items(), 1)
        )


class Migration(migrations.Migration):
    dependencies = [("earning", "0001_rules")]

    operations = [
        migrations.CreateModel(
            name="EarnRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("name_zh", models.CharField(max_length=60, verbose_name="Chinese name")),
                ("name_en", models.CharField(max_length=60, verbose_name="English name")),
                ("priority", models.PositiveIntegerField(default=100, verbose_name="priority")),
                (
                    "exclusive_group",
                    models.SlugField(blank=True, max_length=40, verbose_name="exclusive group"),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("rate", "Another rate"),
                            ("extra", "A rate on top"),
                            ("factor", "Times"),
                            ("bonus", "Points once an order"),
                            ("excluded", "Earns nothing"),
                        ],
                        max_length=8,
                        verbose_name="what it does",
                    ),
                ),
                ("value", models.CharField(max_length=40, verbose_name="value")),
                ("goods", models.JSONField(default=list, verbose_name="goods")),
                (
                    "first_order",
                    models.BooleanField(default=False, verbose_name="first order only"),
                ),
                (
                    "minimum",
                    models.BigIntegerField(default=0, verbose_name="minimum, minor units"),
                ),
                ("starts_at", models.DateTimeField(null=True, verbose_name="from")),
                ("ends_at", models.DateTimeField(null=True, verbose_name="until")),
                ("caps", models.JSONField(default=dict, verbose_name="caps")),
                (
                    "validity",
                    models.CharField(blank=True, max_length=20, verbose_name="validity"),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="earning.earnruleversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "earn rule",
                "verbose_name_plural": "earn rules (rows)",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "code"), name="earning_rule_code_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_at__isnull", True),
                            ("ends_at__isnull", True),
                            ("starts_at__lt", models.F("ends_at")),
                            _connector="OR",
                        ),
                        name="earning_rule_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EarnBehavior",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("name_zh", models.CharField(max_length=60, verbose_name="Chinese name")),
                ("name_en", models.CharField(max_length=60, verbose_name="English name")),
                ("active", models.BooleanField(default=True, verbose_name="on")),
                ("points", models.PositiveBigIntegerField(verbose_name="points")),
                ("caps", models.JSONField(default=dict, verbose_name="caps, times")),
                (
                    "validity",
                    models.CharField(blank=True, max_length=20, verbose_name="validity"),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="behaviors",
                        to="earning.earnruleversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "behavior reward",
                "verbose_name_plural": "behavior rewards",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "code"), name="earning_behavior_code_once"
                    )
                ],
            },
        ),
        CreateSpreadModel(
            name="EarnReward",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("programme_id", models.BigIntegerField()),
                ("behavior", models.CharField(max_length=40)),
                ("source", models.CharField(max_length=80)),
                ("points", models.BigIntegerField()),
                ("rule_version", models.PositiveIntegerField()),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "programme_id", "behavior", "source"),
                        name="earning_behavior_is_rewarded_once",
                    )
                ],
            },
        ),
        CreateSpreadModel(
            name="EarnUsage",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("programme_id", models.BigIntegerField()),
                ("rule", models.CharField(max_length=60)),
                ("period", models.CharField(max_length=20)),
                ("used", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "programme_id", "rule", "period"),
                        name="earning_usage_is_counted_in_one_place",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="earnruleversion",
            name="caps",
            field=models.JSONField(blank=True, default=dict, verbose_name="caps"),
        ),
        migrations.RunPython(rows_of_multipliers, migrations.RunPython.noop),
    ]
