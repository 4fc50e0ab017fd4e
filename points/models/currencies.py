"""What programmes count, as versions; what they exchange, and for how much."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from points.types import CurrencyKind, ExpiryRule, Rounding


class Currency(models.Model):
    """What a programme counts besides plain points: one version of its definition.

    The newest version holds. What a programme does not define is as `points.currencies`
    says.
    """

    id = models.BigAutoField(primary_key=True)
    programme_id = models.BigIntegerField(_("programme"))
    code = models.CharField(_("code"), max_length=16)
    version = models.PositiveIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=8, choices=[(k, k) for k in CurrencyKind])
    name_zh = models.CharField(_("Chinese name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=40)
    expiry = models.CharField(_("expiry rule"), max_length=10, choices=[(r, r) for r in ExpiryRule])
    validity = models.PositiveSmallIntegerField(_("valid for"), default=0)
    may_owe = models.BooleanField(_("may go into debt"), default=False)
    spendable = models.BooleanField(_("can be spent"), default=True)
    shown = models.BooleanField(_("members see it"), default=True)
    actor = models.CharField(_("by"), max_length=150)
    reason = models.CharField(_("reason"), max_length=300)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme_id", "code", "version"], name="points_currency_version_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(CurrencyKind)) & Q(expiry__in=list(ExpiryRule)),
                name="points_currency_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} #{self.version}"


class ExchangeRate(models.Model):
    """A dated rate between two programmes' points; the newest one that has begun holds.

    `per` points given, less the fee, bring `gives` points. `price` is what the receiving
    brand asks for a thousand of its points, in minor units of its currency.
    """

    id = models.BigAutoField(primary_key=True)
    from_programme_id = models.BigIntegerField(_("from programme"))
    from_currency = models.CharField(_("currency given"), max_length=16, default="points")
    to_programme_id = models.BigIntegerField(_("to programme"))
    to_currency = models.CharField(_("currency received"), max_length=16, default="points")
    version = models.PositiveIntegerField(_("version"))
    begins_at = models.DateTimeField(_("holds from"))
    closed = models.BooleanField(_("closed"), default=False)
    per = models.BigIntegerField(_("points given"))
    gives = models.BigIntegerField(_("points received"))
    rounding = models.CharField(
        _("rounding"), max_length=8, choices=[(r, r) for r in Rounding], default="down"
    )
    fee_fixed = models.BigIntegerField(_("fee, points"), default=0)
    fee_permille = models.PositiveSmallIntegerField(_("fee, per mille"), default=0)
    minimum = models.BigIntegerField(_("at least"), default=1)
    step = models.BigIntegerField(_("in steps of"), default=1)
    member_limit = models.BigIntegerField(_("a member, a day"), null=True)
    pair_limit = models.BigIntegerField(_("everyone, a day"), null=True)
    carries_expiry = models.BooleanField(_("keeps earlier expiry"), default=True)
    price = models.BigIntegerField(_("price of 1,000"), default=0)
    actor = models.CharField(_("by"), max_length=150)
    reason = models.CharField(_("reason"), max_length=300)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "from_programme_id",
                    "from_currency",
                    "to_programme_id",
                    "to_currency",
                    "version",
                ],
                name="points_exchangerate_version_once",
            ),
            models.CheckConstraint(
                condition=Q(per__gt=0)
                & Q(gives__gt=0)
                & Q(fee_fixed__gte=0)
                & Q(fee_permille__lte=1000)
                & Q(minimum__gt=0)
                & Q(step__gt=0)
                & Q(price__gte=0),
                name="points_exchangerate_is_sound",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.per}:{self.gives} #{self.version}"


class Exchange(models.Model):
    """An exchange and its two entries; an undone one has a second row of minus signs."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    to_member_id = models.BigIntegerField()
    rate_id = models.BigIntegerField()
    from_programme_id = models.BigIntegerField()
    from_currency = models.CharField(max_length=16)
    to_programme_id = models.BigIntegerField()
    to_currency = models.CharField(max_length=16)
    day = models.DateField()  # in the giving programme's zone
    given = models.BigIntegerField()
    fee = models.BigIntegerField()
    received = models.BigIntegerField()
    out_entry_id = models.BigIntegerField()
    in_entry_id = models.BigIntegerField()
    reverses = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["member_id", "day"], name="points_exchange_of_member"),
            models.Index(
                fields=["from_programme_id", "to_programme_id", "day"], name="points_exchange_pair"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "reverses"], name="points_exchange_undone_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.given} for {self.received} ({self.pk})"


class ExchangeDay(models.Model):
    """What everyone has given on one local day, for the limit of a pair of programmes."""

    id = models.BigAutoField(primary_key=True)
    from_programme_id = models.BigIntegerField()
    from_currency = models.CharField(max_length=16)
    to_programme_id = models.BigIntegerField()
    to_currency = models.CharField(max_length=16)
    day = models.DateField()
    given = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "from_programme_id",
                    "from_currency",
                    "to_programme_id",
                    "to_currency",
                    "day",
                ],
                name="points_exchangeday_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.given}"
