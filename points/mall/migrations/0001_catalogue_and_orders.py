"""Catalogue, stock, codes, and orders spread by member."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import config.kernel.fields
from config.kernel.spread import CreateSpreadModel


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("programmes", "0001_programmes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Terms",
            fields=[
                (
                    "programme",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="programmes.programme",
                    ),
                ),
                ("pay_minutes", models.PositiveIntegerField(verbose_name="minutes to pay")),
                ("collect_days", models.PositiveIntegerField(verbose_name="days to collect")),
                (
                    "undo_minutes",
                    models.PositiveIntegerField(verbose_name="minutes to take a collection back"),
                ),
            ],
            options={
                "verbose_name": "mall terms",
                "verbose_name_plural": "mall terms",
            },
        ),
        CreateSpreadModel(
            name="Buyer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("item_id", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("member_id", "item_id"), name="mall_buyer_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("kind", models.CharField(max_length=8, verbose_name="kind")),
                ("status", models.CharField(default="draft", max_length=9, verbose_name="status")),
                ("name_zh", models.CharField(max_length=80, verbose_name="Chinese name")),
                ("name_en", models.CharField(max_length=80, verbose_name="English name")),
                (
                    "description_zh",
                    models.TextField(blank=True, verbose_name="Chinese description"),
                ),
                (
                    "description_en",
                    models.TextField(blank=True, verbose_name="English description"),
                ),
                ("points", models.BigIntegerField(verbose_name="points")),
                ("cash", models.BigIntegerField(default=0, verbose_name="cash, minor units")),
                (
                    "price_version",
                    models.PositiveIntegerField(default=1, verbose_name="price version"),
                ),
                ("left", models.BigIntegerField(null=True, verbose_name="in stock")),
                (
                    "limit_count",
                    models.PositiveIntegerField(null=True, verbose_name="limit for a member"),
                ),
                (
                    "limit_per",
                    models.CharField(default="ever", max_length=5, verbose_name="limit counts per"),
                ),
                (
                    "tiers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        default=list,
                        size=None,
                        verbose_name="tiers",
                    ),
                ),
                ("on_sale_from", models.DateTimeField(null=True, verbose_name="on sale from")),
                ("on_sale_until", models.DateTimeField(null=True, verbose_name="on sale until")),
                ("ships", models.BooleanField(default=True, verbose_name="can be sent")),
                ("collects", models.BooleanField(default=False, verbose_name="can be collected")),
                ("issuer", models.CharField(blank=True, max_length=40, verbose_name="issued by")),
                ("template", models.CharField(blank=True, max_length=80, verbose_name="template")),
                (
                    "tickets",
                    models.PositiveIntegerField(default=1, verbose_name="tickets for each"),
                ),
                ("sort", models.IntegerField(default=100, verbose_name="place")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "mall item",
                "verbose_name_plural": "mall items",
            },
        ),
        migrations.CreateModel(
            name="CodeUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_name", models.CharField(max_length=150)),
                ("accepted", models.PositiveIntegerField()),
                ("refused", models.JSONField(default=list)),
                ("actor", models.CharField(max_length=150)),
                ("reason", models.CharField(max_length=300)),
                ("made_at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="mall.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("blind", config.kernel.fields.BlindIndexField(max_length=16)),
                ("code", config.kernel.fields.EncryptedTextField()),
                ("member_id", models.BigIntegerField(null=True)),
                ("order_id", models.BigIntegerField(null=True)),
                ("void", models.BooleanField(default=False)),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mall.codeupload",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to="mall.item",
                    ),
                ),
            ],
        ),
        CreateSpreadModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("programme_id", models.BigIntegerField()),
                ("brand_id", models.BigIntegerField()),
                ("storefront_id", models.BigIntegerField()),
                ("number", models.CharField(max_length=24)),
                ("idem_key", models.CharField(max_length=150)),
                ("fingerprint", models.BinaryField(max_length=16)),
                ("item_id", models.BigIntegerField()),
                ("item_code", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=8)),
                ("name_zh", models.CharField(max_length=80)),
                ("name_en", models.CharField(max_length=80)),
                ("quantity", models.PositiveIntegerField()),
                ("points", models.BigIntegerField()),
                ("cash", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("price_version", models.PositiveIntegerField()),
                ("status", models.CharField(max_length=16)),
                ("delivery", models.CharField(max_length=8)),
                ("why", models.CharField(blank=True, default="", max_length=16)),
                ("address", config.kernel.fields.EncryptedJSONField(null=True)),
                ("store_id", models.BigIntegerField(null=True)),
                ("carrier", models.CharField(blank=True, default="", max_length=40)),
                ("tracking", config.kernel.fields.EncryptedTextField(null=True)),
                ("collect_code", config.kernel.fields.EncryptedTextField(null=True)),
                ("collect_blind", config.kernel.fields.BlindIndexField(max_length=16, null=True)),
                ("reservation_id", models.BigIntegerField(null=True)),
                ("counted", models.BooleanField(default=False)),
                ("restocked", models.BooleanField(default=False)),
                ("issued", models.JSONField(default=list)),
                ("placed_at", models.DateTimeField()),
                ("pay_by", models.DateTimeField(null=True)),
                ("paid_at", models.DateTimeField(null=True)),
                ("shipped_at", models.DateTimeField(null=True)),
                ("collect_by", models.DateTimeField(null=True)),
                ("collected_at", models.DateTimeField(null=True)),
                ("collected_by", models.CharField(blank=True, default="", max_length=150)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("revealed_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["member_id", "-id"], name="mall_order_by_member"),
                    models.Index(fields=["number"], name="mall_order_by_number"),
                    models.Index(fields=["item_id", "status"], name="mall_order_by_item"),
                    models.Index(
                        condition=models.Q(("status", "to_ship")),
                        fields=["programme_id", "id"],
                        name="mall_order_to_ship",
                    ),
                    models.Index(
                        condition=models.Q(("status", "awaiting_payment")),
                        fields=["pay_by"],
                        name="mall_order_unpaid",
                    ),
                    models.Index(
                        condition=models.Q(("status", "to_collect")),
                        fields=["collect_by"],
                        name="mall_order_unclaimed",
                    ),
                    models.Index(
                        condition=models.Q(("collect_blind__isnull", False)),
                        fields=["collect_blind"],
                        name="mall_order_by_code",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "idem_key"), name="mall_order_key_once"
                    ),
                    models.UniqueConstraint(
                        fields=("member_id", "number"), name="mall_order_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cash__gte", 0), ("points__gt", 0), ("quantity__gt", 0)
                        ),
                        name="mall_order_costs_points",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "awaiting_payment"), _negated=True),
                            ("pay_by__isnull", False),
                            _connector="OR",
                        ),
                        name="mall_order_awaits_until_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "to_collect"), _negated=True),
                            models.Q(("collect_by__isnull", False), ("store_id__isnull", False)),
                            _connector="OR",
                        ),
                        name="mall_order_is_collected_somewhere",
                    ),
                ],
            },
        ),
        CreateSpreadModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("order_id", models.BigIntegerField()),
                ("method", models.CharField(max_length=20)),
                ("reference", models.CharField(max_length=120)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("state", models.CharField(max_length=10)),
                ("actor", models.CharField(max_length=150)),
                ("paid_at", models.DateTimeField()),
                ("refunded_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "order_id"), name="mall_paid_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="mall_pays_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=64)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("place", models.PositiveIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pictures",
                        to="mall.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("points", models.BigIntegerField()),
                ("cash", models.BigIntegerField()),
                ("actor", models.CharField(max_length=150)),
                ("reason", models.CharField(max_length=300)),
                ("made_at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="mall.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StockMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("change", models.BigIntegerField()),
                ("actor", models.CharField(max_length=150)),
                ("reason", models.CharField(max_length=300)),
                ("made_at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="mall.item",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.store",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StoreStock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("left", models.BigIntegerField(default=0)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="store_stock",
                        to="mall.item",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.store",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["programme", "status", "sort"], name="mall_item_shelf"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(
                fields=("programme", "code"), name="mall_item_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("left__gte", 0)), name="mall_item_stock_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("cash__gte", 0), ("points__gt", 0)),
                name="mall_item_costs_points",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("on_sale_from__lt", models.F("on_sale_until"))),
                name="mall_item_ends_after_it_starts",
            ),
        ),
        migrations.AddIndex(
            model_name="code",
            index=models.Index(
                condition=models.Q(("order_id__isnull", True)),
                fields=["item", "id"],
                name="mall_code_free",
            ),
        ),
        migrations.AddIndex(
            model_name="code",
            index=models.Index(
                condition=models.Q(("order_id__isnull", False)),
                fields=["member_id", "order_id"],
                name="mall_code_of_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="code",
            constraint=models.UniqueConstraint(
                fields=("item", "blind"), name="mall_code_once_per_item"
            ),
        ),
        migrations.AddConstraint(
            model_name="picture",
            constraint=models.UniqueConstraint(
                fields=("item", "name"), name="mall_picture_once_per_item"
            ),
        ),
        migrations.AddConstraint(
            model_name="price",
            constraint=models.UniqueConstraint(
                fields=("item", "version"), name="mall_price_version_once"
            ),
        ),
        migrations.AddIndex(
            model_name="stockmove",
            index=models.Index(fields=["item", "-id"], name="mall_moves_of_item"),
        ),
        migrations.AddConstraint(
            model_name="stockmove",
            constraint=models.CheckConstraint(
                condition=models.Q(("change", 0), _negated=True), name="mall_move_moves"
            ),
        ),
        migrations.AddConstraint(
            model_name="storestock",
            constraint=models.UniqueConstraint(
                fields=("item", "store"), name="mall_store_stock_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="storestock",
            constraint=models.CheckConstraint(
                condition=models.Q(("left__gte", 0)), name="mall_store_stock_not_negative"
            ),
        ),
    ]
