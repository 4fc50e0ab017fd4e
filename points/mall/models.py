"""Tables of the mall: catalogue and stock belong to the programme, orders to the member."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.kernel.fields import BlindIndexField, EncryptedJSONField, EncryptedTextField


class Item(models.Model):
    """Something points buy.

    `left` falls under `WHERE left >= n` alone; null for what does not run out. Pieces that
    lie in stores are counted apart, in StoreStock.
    """

    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="+")
    code = models.SlugField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=8)
    status = models.CharField(_("status"), max_length=9, default="draft")
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    description_zh = models.TextField(_("Chinese description"), blank=True)
    description_en = models.TextField(_("English description"), blank=True)
    points = models.BigIntegerField(_("points"))
    cash = models.BigIntegerField(_("cash, minor units"), default=0)
    price_version = models.PositiveIntegerField(_("price version"), default=1)
    left = models.BigIntegerField(_("in stock"), null=True)
    limit_count = models.PositiveIntegerField(_("limit for a member"), null=True)
    limit_per = models.CharField(_("limit counts per"), max_length=5, default="ever")
    tiers = ArrayField(models.CharField(max_length=60), verbose_name=_("tiers"), default=list)
    on_sale_from = models.DateTimeField(_("on sale from"), null=True)
    on_sale_until = models.DateTimeField(_("on sale until"), null=True)
    ships = models.BooleanField(_("can be sent"), default=True)
    collects = models.BooleanField(_("can be collected"), default=False)
    issuer = models.CharField(_("issued by"), max_length=40, blank=True)
    template = models.CharField(_("template"), max_length=80, blank=True)
    tickets = models.PositiveIntegerField(_("tickets for each"), default=1)
    sort = models.IntegerField(_("place"), default=100)
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("mall item")
        verbose_name_plural = _("mall items")
        indexes = [models.Index(fields=["programme", "status", "sort"], name="mall_item_shelf")]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="mall_item_code_once"),
            models.CheckConstraint(
                condition=models.Q(left__gte=0), name="mall_item_stock_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(points__gt=0, cash__gte=0), name="mall_item_costs_points"
            ),
            models.CheckConstraint(
                condition=models.Q(on_sale_from__lt=models.F("on_sale_until")),
                name="mall_item_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Price(models.Model):
    """A price an item has had. Orders name its version."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="prices")
    version = models.PositiveIntegerField()
    points = models.BigIntegerField()
    cash = models.BigIntegerField()
    actor = models.CharField(max_length=150)
    reason = models.CharField(max_length=300)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "version"], name="mall_price_version_once")
        ]


class Picture(models.Model):
    """A picture of an item, as we drew it anew. The file is named for its content."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="pictures")
    name = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    place = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "name"], name="mall_picture_once_per_item")
        ]


class StoreStock(models.Model):
    """How many of an item lie in a store, to be collected."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="store_stock")
    store = models.ForeignKey("programmes.Store", models.PROTECT, related_name="+")
    left = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "store"], name="mall_store_stock_once"),
            models.CheckConstraint(
                condition=models.Q(left__gte=0), name="mall_store_stock_not_negative"
            ),
        ]


class StockMove(models.Model):
    """Stock that came in or went out by hand. Orders tell of the rest themselves."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="moves")
    store = models.ForeignKey("programmes.Store", models.PROTECT, null=True, related_name="+")
    change = models.BigIntegerField()
    actor = models.CharField(max_length=150)
    reason = models.CharField(max_length=300)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["item", "-id"], name="mall_moves_of_item")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(change=0), name="mall_move_moves")
        ]


class CodeUpload(models.Model):
    """A file of codes that was uploaded: how many were taken, and which lines were not."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="uploads")
    file_name = models.CharField(max_length=150)
    accepted = models.PositiveIntegerField()
    # [line, reason]; the refused code itself is not kept.
    refused = models.JSONField(default=list)
    actor = models.CharField(max_length=150)
    reason = models.CharField(max_length=300)
    made_at = models.DateTimeField()


class Code(models.Model):
    """A code that stands for something of value: encrypted, given to one order.

    `void` ones went back with a refund after the member had seen them.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="codes")
    upload = models.ForeignKey(CodeUpload, models.PROTECT, related_name="+")
    blind = BlindIndexField()
    code = EncryptedTextField()
    member_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    void = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "blind"], name="mall_code_once_per_item")
        ]
        indexes = [
            models.Index(
                fields=["item", "id"],
                name="mall_code_free",
                condition=models.Q(order_id__isnull=True),
            ),
            models.Index(
                fields=["member_id", "order_id"],
                name="mall_code_of_order",
                condition=models.Q(order_id__isnull=False),
            ),
        ]


class Terms(models.Model):
    """A programme's times: to pay, to collect, to take a collection back."""

    programme = models.OneToOneField(
        "programmes.Programme", models.PROTECT, primary_key=True, related_name="+"
    )
    pay_minutes = models.PositiveIntegerField(_("minutes to pay"))
    collect_days = models.PositiveIntegerField(_("days to collect"))
    undo_minutes = models.PositiveIntegerField(_("minutes to take a collection back"))

    class Meta:
        verbose_name = _("mall terms")
        verbose_name_plural = _("mall terms")


# --- Spread by member -------------------------------------------------------------------


class Buyer(models.Model):
    """A member and an item with a limit: the row that orders of the two wait for in turn."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    item_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member_id", "item_id"], name="mall_buyer_once")
        ]


class Order(models.Model):
    """An order of one item. Price, names and address are as they were when it was made."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    programme_id = models.BigIntegerField()
    brand_id = models.BigIntegerField()
    storefront_id = models.BigIntegerField()
    number = models.CharField(max_length=24)
    idem_key = models.CharField(max_length=150)
    fingerprint = models.BinaryField(max_length=16)
    item_id = models.BigIntegerField()
    item_code = models.CharField(max_length=40)
    kind = models.CharField(max_length=8)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    quantity = models.PositiveIntegerField()
    points = models.BigIntegerField()
    cash = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    price_version = models.PositiveIntegerField()
    status = models.CharField(max_length=16)
    delivery = models.CharField(max_length=8)
    why = models.CharField(max_length=16, blank=True, default="")
    address = EncryptedJSONField(null=True)
    store_id = models.BigIntegerField(null=True)
    carrier = models.CharField(max_length=40, blank=True, default="")
    tracking = EncryptedTextField(null=True)
    collect_code = EncryptedTextField(null=True)
    collect_blind = BlindIndexField(null=True)
    reservation_id = models.BigIntegerField(null=True)
    # Whether a counter of stock fell for it, and whether it has risen again.
    counted = models.BooleanField(default=False)
    restocked = models.BooleanField(default=False)
    issued = models.JSONField(default=list)
    placed_at = models.DateTimeField()
    pay_by = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    collect_by = models.DateTimeField(null=True)
    collected_at = models.DateTimeField(null=True)
    collected_by = models.CharField(max_length=150, blank=True, default="")
    delivered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    revealed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["member_id", "-id"], name="mall_order_by_member"),
            models.Index(fields=["number"], name="mall_order_by_number"),
            models.Index(fields=["item_id", "status"], name="mall_order_by_item"),
            models.Index(
                fields=["programme_id", "id"],
                name="mall_order_to_ship",
                condition=models.Q(status="to_ship"),
            ),
            models.Index(
                fields=["pay_by"],
                name="mall_order_unpaid",
                condition=models.Q(status="awaiting_payment"),
            ),
            models.Index(
                fields=["collect_by"],
                name="mall_order_unclaimed",
                condition=models.Q(status="to_collect"),
            ),
            models.Index(
                fields=["collect_blind"],
                name="mall_order_by_code",
                condition=models.Q(collect_blind__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["member_id", "idem_key"], name="mall_order_key_once"),
            models.UniqueConstraint(fields=["member_id", "number"], name="mall_order_number_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0, points__gt=0, cash__gte=0),
                name="mall_order_costs_points",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="awaiting_payment") | models.Q(pay_by__isnull=False),
                name="mall_order_awaits_until_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="to_collect")
                | models.Q(store_id__isnull=False, collect_by__isnull=False),
                name="mall_order_is_collected_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Payment(models.Model):
    """The cash part of an order: paid once, paid back once."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    order_id = models.BigIntegerField()
    method = models.CharField(max_length=20)
    reference = models.CharField(max_length=120)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10)
    actor = models.CharField(max_length=150)
    paid_at = models.DateTimeField()
    refunded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member_id", "order_id"], name="mall_paid_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="mall_pays_something"),
        ]
