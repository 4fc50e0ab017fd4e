"""Currencies as data, exchange between programmes, transfer between members."""

from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

import points.types
from config.kernel.spread import CreateSpreadModel

_SQL = Path(__file__).resolve().parent.parent / "sql"
_FILES = ("010_exchange.sql", "011_transfer.sql", "004_operations.sql")
_DROP = """
DO $$
DECLARE f text;
BEGIN
    FOR f IN SELECT oid::regprocedure::text FROM pg_proc
        WHERE proname = ANY (ARRAY['points_exchange_now', 'points_exchange_undo',
            'points_replay_exchange', 'points_receive', 'points_count_exchange',
            'points_open_both', 'points_lock', 'points_arrive', 'points_move_holds',
            'points_move_account', 'points_lock_members', 'points_transfer',
            'points_return_holds', 'points_unmove_account', 'points_transfer_undo'])
    LOOP
        EXECUTE 'DROP FUNCTION ' || f;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0005_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="Currency",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("programme_id", models.BigIntegerField(verbose_name="programme")),
                ("code", models.CharField(max_length=16, verbose_name="code")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            (
                                points.types.CurrencyKind["POINTS"],
                                points.types.CurrencyKind["POINTS"],
                            ),
                            (
                                points.types.CurrencyKind["GROWTH"],
                                points.types.CurrencyKind["GROWTH"],
                            ),
                            (
                                points.types.CurrencyKind["MONEY"],
                                points.types.CurrencyKind["MONEY"],
                            ),
                            (
                                points.types.CurrencyKind["PARTNER"],
                                points.types.CurrencyKind["PARTNER"],
                            ),
                            (
                                points.types.CurrencyKind["TICKETS"],
                                points.types.CurrencyKind["TICKETS"],
                            ),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("name_zh", models.CharField(max_length=40, verbose_name="Chinese name")),
                ("name_en", models.CharField(max_length=40, verbose_name="English name")),
                (
                    "expiry",
                    models.CharField(
                        choices=[
                            (points.types.ExpiryRule["NEVER"], points.types.ExpiryRule["NEVER"]),
                            (points.types.ExpiryRule["MONTHS"], points.types.ExpiryRule["MONTHS"]),
                            (points.types.ExpiryRule["DAYS"], points.types.ExpiryRule["DAYS"]),
                        ],
                        max_length=10,
                        verbose_name="expiry rule",
                    ),
                ),
                ("validity", models.PositiveSmallIntegerField(default=0, verbose_name="valid for")),
                ("may_owe", models.BooleanField(default=False, verbose_name="may go into debt")),
                ("spendable", models.BooleanField(default=True, verbose_name="can be spent")),
                ("shown", models.BooleanField(default=True, verbose_name="members see it")),
                ("actor", models.CharField(max_length=150, verbose_name="by")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("made_at", models.DateTimeField(verbose_name="made")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme_id", "code", "version"),
                        name="points_currency_version_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    points.types.CurrencyKind["POINTS"],
                                    points.types.CurrencyKind["GROWTH"],
                                    points.types.CurrencyKind["MONEY"],
                                    points.types.CurrencyKind["PARTNER"],
                                    points.types.CurrencyKind["TICKETS"],
                                ],
                            ),
                            (
                                "expiry__in",
                                [
                                    points.types.ExpiryRule["NEVER"],
                                    points.types.ExpiryRule["MONTHS"],
                                    points.types.ExpiryRule["DAYS"],
                                ],
                            ),
                        ),
                        name="points_currency_is_known",
                    ),
                ],
            },
        ),
        CreateSpreadModel(
            name="Exchange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("to_member_id", models.BigIntegerField()),
                ("rate_id", models.BigIntegerField()),
                ("from_programme_id", models.BigIntegerField()),
                ("from_currency", models.CharField(max_length=16)),
                ("to_programme_id", models.BigIntegerField()),
                ("to_currency", models.CharField(max_length=16)),
                ("day", models.DateField()),
                ("given", models.BigIntegerField()),
                ("fee", models.BigIntegerField()),
                ("received", models.BigIntegerField()),
                ("out_entry_id", models.BigIntegerField()),
                ("in_entry_id", models.BigIntegerField()),
                ("reverses", models.BigIntegerField(null=True)),
                ("occurred_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["member_id", "day"], name="points_exchange_of_member"),
                    models.Index(
                        fields=["from_programme_id", "to_programme_id", "day"],
                        name="points_exchange_pair",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "reverses"), name="points_exchange_undone_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeDay",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("from_programme_id", models.BigIntegerField()),
                ("from_currency", models.CharField(max_length=16)),
                ("to_programme_id", models.BigIntegerField()),
                ("to_currency", models.CharField(max_length=16)),
                ("day", models.DateField()),
                ("given", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "from_programme_id",
                            "from_currency",
                            "to_programme_id",
                            "to_currency",
                            "day",
                        ),
                        name="points_exchangeday_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("from_programme_id", models.BigIntegerField(verbose_name="from programme")),
                (
                    "from_currency",
                    models.CharField(
                        default="points", max_length=16, verbose_name="currency given"
                    ),
                ),
                ("to_programme_id", models.BigIntegerField(verbose_name="to programme")),
                (
                    "to_currency",
                    models.CharField(
                        default="points", max_length=16, verbose_name="currency received"
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("begins_at", models.DateTimeField(verbose_name="holds from")),
                ("closed", models.BooleanField(default=False, verbose_name="closed")),
                ("per", models.BigIntegerField(verbose_name="points given")),
                ("gives", models.BigIntegerField(verbose_name="points received")),
                (
                    "rounding",
                    models.CharField(
                        choices=[
                            (points.types.Rounding["DOWN"], points.types.Rounding["DOWN"]),
                            (points.types.Rounding["NEAREST"], points.types.Rounding["NEAREST"]),
                        ],
                        default="down",
                        max_length=8,
                        verbose_name="rounding",
                    ),
                ),
                ("fee_fixed", models.BigIntegerField(default=0, verbose_name="fee, points")),
                (
                    "fee_permille",
                    models.PositiveSmallIntegerField(default=0, verbose_name="fee, per mille"),
                ),
                ("minimum", models.BigIntegerField(default=1, verbose_name="at least")),
                ("step", models.BigIntegerField(default=1, verbose_name="in steps of")),
                ("member_limit", models.BigIntegerField(null=True, verbose_name="a member, a day")),
                ("pair_limit", models.BigIntegerField(null=True, verbose_name="everyone, a day")),
                (
                    "carries_expiry",
                    models.BooleanField(default=True, verbose_name="keeps earlier expiry"),
                ),
                ("price", models.BigIntegerField(default=0, verbose_name="price of 1,000")),
                ("actor", models.CharField(max_length=150, verbose_name="by")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("made_at", models.DateTimeField(verbose_name="made")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "from_programme_id",
                            "from_currency",
                            "to_programme_id",
                            "to_currency",
                            "version",
                        ),
                        name="points_exchangerate_version_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("per__gt", 0),
                            ("gives__gt", 0),
                            ("fee_fixed__gte", 0),
                            ("fee_permille__lte", 1000),
                            ("minimum__gt", 0),
                            ("step__gt", 0),
                            ("price__gte", 0),
                        ),
                        name="points_exchangerate_is_sound",
                    ),
                ],
            },
        ),
        CreateSpreadModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("to_member_id", models.BigIntegerField()),
                ("account_id", models.BigIntegerField()),
                ("to_account_id", models.BigIntegerField()),
                ("idem_key", models.CharField(max_length=300)),
                ("out_entry_id", models.BigIntegerField()),
                ("in_entry_id", models.BigIntegerField()),
                (
                    "lots",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "to_lots",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "lot_points",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "holds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "to_holds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                ("debt", models.BigIntegerField()),
                ("moved_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "idem_key"), name="points_move_key_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "\n".join((_SQL / name).read_text() for name in _FILES), reverse_sql=_DROP
        ),
    ]
