"""Orders, lines, events, refunds, and the map of numbers."""

from django.db import migrations, models

from config.kernel.spread import CreateSpreadModel


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="OrderNumber",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "storefront_id",
                        "external_no",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("storefront_id", models.BigIntegerField()),
                ("external_no", models.CharField(max_length=64)),
                ("member_id", models.BigIntegerField()),
                ("order_id", models.BigIntegerField()),
            ],
        ),
        CreateSpreadModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField(verbose_name="member")),
                ("programme_id", models.BigIntegerField()),
                ("brand_id", models.BigIntegerField()),
                ("storefront_id", models.BigIntegerField()),
                ("external_no", models.CharField(max_length=64, verbose_name="order number")),
                ("content_hash", models.BinaryField(max_length=32)),
                ("currency", models.CharField(max_length=3)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("placed", "placed"),
                            ("paid", "paid"),
                            ("shipped", "shipped"),
                            ("completed", "completed"),
                            ("refunded", "refunded"),
                            ("cancelled", "cancelled"),
                        ],
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("placed_at", models.DateTimeField(verbose_name="placed at")),
                ("paid_at", models.DateTimeField(null=True, verbose_name="paid at")),
                ("shipped_at", models.DateTimeField(null=True)),
                ("completed_at", models.DateTimeField(null=True, verbose_name="completed at")),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("goods", models.BigIntegerField()),
                ("discount", models.BigIntegerField()),
                ("coupons", models.BigIntegerField()),
                ("points_paid", models.BigIntegerField()),
                ("shipping", models.BigIntegerField()),
                ("refunded", models.BigIntegerField()),
                ("refunded_shipping", models.BigIntegerField()),
                ("store", models.CharField(blank=True, max_length=64)),
                ("attributes", models.JSONField()),
                ("reservation_id", models.BigIntegerField(null=True)),
                ("run", models.SmallIntegerField()),
                ("decided", models.BooleanField()),
                ("counted_at", models.DateTimeField(null=True)),
                ("available_at", models.DateTimeField(null=True)),
                ("points", models.BigIntegerField()),
                ("points_taken", models.BigIntegerField()),
                ("growth", models.BigIntegerField()),
                ("growth_taken", models.BigIntegerField()),
                ("spend", models.BigIntegerField()),
                ("spend_taken", models.BigIntegerField()),
                ("points_used", models.BigIntegerField()),
                ("held", models.BooleanField()),
                ("spent_run", models.SmallIntegerField()),
                ("spent_returned", models.BigIntegerField()),
                ("tier_before", models.CharField(blank=True, max_length=32)),
                ("tier_after", models.CharField(blank=True, max_length=32)),
                ("recorded_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "order",
                "verbose_name_plural": "orders",
                "indexes": [
                    models.Index(
                        fields=["member_id", "-placed_at", "-id"], name="commerce_order_by_member"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("points_taken__lte", models.F("points")),
                            ("growth_taken__lte", models.F("growth")),
                            ("spend_taken__lte", models.F("spend")),
                            ("spent_returned__lte", models.F("points_used")),
                        ),
                        name="commerce_order_takes_back_no_more_than_it_gave",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("refunded_shipping__lte", models.F("shipping"))),
                        name="commerce_order_refunds_no_more_shipping_than_paid",
                    ),
                ],
            },
        ),
        CreateSpreadModel(
            name="OrderEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("order_id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("placed", "placed"),
                            ("paid", "paid"),
                            ("shipped", "shipped"),
                            ("completed", "completed"),
                            ("refunded", "refunded"),
                            ("cancelled", "cancelled"),
                        ],
                        max_length=9,
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("refund_no", models.CharField(blank=True, max_length=64)),
                ("effects", models.JSONField(null=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "order event",
                "verbose_name_plural": "order events",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "order_id", "kind", "occurred_at", "refund_no"),
                        name="commerce_event_once",
                    )
                ],
            },
        ),
        CreateSpreadModel(
            name="OrderLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("order_id", models.BigIntegerField()),
                ("line_no", models.IntegerField()),
                ("sku", models.CharField(max_length=64)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("category", models.CharField(blank=True, max_length=200)),
                ("brand", models.CharField(blank=True, max_length=100)),
                ("quantity", models.BigIntegerField()),
                ("unit_price", models.BigIntegerField()),
                ("list_amount", models.BigIntegerField()),
                ("discount", models.BigIntegerField()),
                ("campaign_share", models.BigIntegerField()),
                ("coupon_share", models.BigIntegerField()),
                ("points_share", models.BigIntegerField()),
                ("net", models.BigIntegerField()),
                ("points_earned", models.BigIntegerField()),
                ("growth_earned", models.BigIntegerField()),
                ("earn_rule", models.CharField(blank=True, max_length=40)),
                ("multiplier", models.CharField(blank=True, max_length=24)),
                ("refunded", models.BigIntegerField()),
                ("refunded_quantity", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "order line",
                "verbose_name_plural": "order lines",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "order_id", "line_no"),
                        name="commerce_line_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("net__gte", 0), ("refunded__lte", models.F("net"))),
                        name="commerce_line_refunds_no_more_than_its_net",
                    ),
                ],
            },
        ),
        CreateSpreadModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("order_id", models.BigIntegerField()),
                ("external_no", models.CharField(max_length=64, verbose_name="refund number")),
                ("occurred_at", models.DateTimeField()),
                ("asked_lines", models.JSONField(null=True)),
                ("asked_shipping", models.BigIntegerField(null=True)),
                ("amount", models.BigIntegerField()),
                ("shipping", models.BigIntegerField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "refund",
                "verbose_name_plural": "refunds",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "order_id", "external_no"), name="commerce_refund_once"
                    )
                ],
            },
        ),
        CreateSpreadModel(
            name="RefundLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("order_id", models.BigIntegerField()),
                ("refund_no", models.CharField(max_length=64)),
                ("line_no", models.IntegerField()),
                ("quantity", models.BigIntegerField()),
                ("amount", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "order_id", "refund_no", "line_no"),
                        name="commerce_refund_line_once",
                    )
                ],
            },
        ),
    ]
