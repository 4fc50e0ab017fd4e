"""Orders, their lines with the allocation, what happened to them, and their numbers.

All but the map of numbers are spread by member. Rows are written set-based by `services`,
never by `save()`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.commerce.types import Stage

_STAGES = [(stage.value, stage.value) for stage in Stage]


class OrderNumber(models.Model):
    """Which order a storefront's number names. Not spread: it is unique over all members."""

    pk = models.CompositePrimaryKey("storefront_id", "external_no")
    storefront_id = models.BigIntegerField()
    external_no = models.CharField(max_length=64)
    member_id = models.BigIntegerField()
    order_id = models.BigIntegerField()


class Order(models.Model):
    """What all reports of one order fold into, and what was posted for it.

    The posted figures are what the ledger was told, never what today's rules would give:
    a refund takes back from these.
    """

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField(_("member"))
    programme_id = models.BigIntegerField()
    brand_id = models.BigIntegerField()
    storefront_id = models.BigIntegerField()
    external_no = models.CharField(_("order number"), max_length=64)
    content_hash = models.BinaryField(max_length=32)
    currency = models.CharField(max_length=3)
    status = models.CharField(_("status"), max_length=9, choices=_STAGES)
    placed_at = models.DateTimeField(_("placed at"))
    paid_at = models.DateTimeField(_("paid at"), null=True)
    shipped_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(_("completed at"), null=True)
    cancelled_at = models.DateTimeField(null=True)
    goods = models.BigIntegerField()
    discount = models.BigIntegerField()
    coupons = models.BigIntegerField()
    points_paid = models.BigIntegerField()
    shipping = models.BigIntegerField()
    refunded = models.BigIntegerField()
    refunded_shipping = models.BigIntegerField()
    store = models.CharField(max_length=64, blank=True)
    attributes = models.JSONField()
    reservation_id = models.BigIntegerField(null=True)
    run = models.SmallIntegerField()
    decided = models.BooleanField()
    counted_at = models.DateTimeField(null=True)
    available_at = models.DateTimeField(null=True)
    points = models.BigIntegerField()
    points_taken = models.BigIntegerField()
    growth = models.BigIntegerField()
    growth_taken = models.BigIntegerField()
    spend = models.BigIntegerField()
    spend_taken = models.BigIntegerField()
    points_used = models.BigIntegerField()
    held = models.BooleanField()
    spent_run = models.SmallIntegerField()
    spent_returned = models.BigIntegerField()
    tier_before = models.CharField(max_length=32, blank=True)
    tier_after = models.CharField(max_length=32, blank=True)
    recorded_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["member_id", "-placed_at", "-id"], name="commerce_order_by_member")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(points_taken__lte=F("points"))
                & Q(growth_taken__lte=F("growth"))
                & Q(spend_taken__lte=F("spend"))
                & Q(spent_returned__lte=F("points_used")),
                name="commerce_order_takes_back_no_more_than_it_gave",
            ),
            models.CheckConstraint(
                condition=Q(refunded_shipping__lte=F("shipping")),
                name="commerce_order_refunds_no_more_shipping_than_paid",
            ),
        ]

    def __str__(self) -> str:
        return self.external_no


class OrderLine(models.Model):
    """A line and its shares of discount, coupons and points, fixed when it was recorded."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    order_id = models.BigIntegerField()
    line_no = models.IntegerField()
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=200, blank=True)
    brand = models.CharField(max_length=100, blank=True)
    quantity = models.BigIntegerField()
    unit_price = models.BigIntegerField()
    list_amount = models.BigIntegerField()
    discount = models.BigIntegerField()
    campaign_share = models.BigIntegerField()
    coupon_share = models.BigIntegerField()
    points_share = models.BigIntegerField()
    net = models.BigIntegerField()
    points_earned = models.BigIntegerField()
    growth_earned = models.BigIntegerField()
    earn_rule = models.CharField(max_length=40, blank=True)
    multiplier = models.CharField(max_length=24, blank=True)
    refunded = models.BigIntegerField()
    refunded_quantity = models.BigIntegerField()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "order_id", "line_no"], name="commerce_line_number_once"
            ),
            models.CheckConstraint(
                condition=Q(net__gte=0) & Q(refunded__lte=F("net")),
                name="commerce_line_refunds_no_more_than_its_net",
            ),
        ]


class OrderEvent(models.Model):
    """What happened to an order and what it caused. Recorded once per (kind, time, refund)."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    order_id = models.BigIntegerField()
    kind = models.CharField(max_length=9, choices=_STAGES)
    occurred_at = models.DateTimeField()
    refund_no = models.CharField(max_length=64, blank=True)
    effects = models.JSONField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("order event")
        verbose_name_plural = _("order events")
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "order_id", "kind", "occurred_at", "refund_no"],
                name="commerce_event_once",
            )
        ]


class Refund(models.Model):
    """A refund: what was asked for, and what it came to."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    order_id = models.BigIntegerField()
    external_no = models.CharField(_("refund number"), max_length=64)
    occurred_at = models.DateTimeField()
    asked_lines = models.JSONField(null=True)
    asked_shipping = models.BigIntegerField(null=True)
    amount = models.BigIntegerField()
    shipping = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "order_id", "external_no"], name="commerce_refund_once"
            )
        ]


class RefundLine(models.Model):
    """What a refund took of one line."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    order_id = models.BigIntegerField()
    refund_no = models.CharField(max_length=64)
    line_no = models.IntegerField()
    quantity = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "order_id", "refund_no", "line_no"],
                name="commerce_refund_line_once",
            )
        ]
