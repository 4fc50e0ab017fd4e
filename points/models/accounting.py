"""Tables around the ledger: who may correct how much, and why; proofs; what points cost.

They are small and kept by `points.services`; `points.models` hands them on.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AdjustmentLimit(models.Model):
    """How many points a role may correct on one member in a day without a second person.

    A role is a group of staff by name; superusers hold `administrator`. A role without a
    row may only ask. `api` stands for all API clients, `client:…` for one: they ask nobody,
    and without a row nothing bounds them.
    """

    role = models.CharField(_("role"), max_length=150)
    currency = models.CharField(_("currency"), max_length=16)
    points = models.BigIntegerField(_("limit"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role", "currency"], name="points_adjustment_limit_one_each"
            ),
            models.CheckConstraint(
                condition=Q(points__gte=0), name="points_adjustment_limit_not_negative"
            ),
        ]
        permissions = [
            ("approve_correction", "Can approve corrections of points"),
            ("approve_export", "Can approve exports of ledger entries"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.points:,} {self.currency}"


class AdjustmentReason(models.Model):
    """A reason that operators choose from; what is not in use is kept for its entries."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("name, Chinese"), max_length=80)
    name_en = models.CharField(_("name, English"), max_length=80)
    in_use = models.BooleanField(_("in use"), default=True)

    def __str__(self) -> str:
        return self.code


class Proof(models.Model):
    """One proof of the ledger: when, over how much, and what differed.

    The watch writes two kinds of row: `began` when it first looked, `missed` when none had
    come to its end in time.
    `examples` are the first differences, each with its check, member and row.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        CLEAN = "clean"
        DIFFERS = "differs"
        FAILED = "failed"
        MISSED = "missed"
        BEGAN = "began"

    id = models.BigAutoField(primary_key=True)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    started_by = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    milliseconds = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    accounts = models.BigIntegerField(default=0)
    entries = models.BigIntegerField(default=0)
    lots = models.BigIntegerField(default=0)
    figures = models.JSONField(default=list)
    differences = models.BigIntegerField(default=0)
    examples = models.JSONField(default=list)
    problem = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [models.Index(fields=["state", "-started_at"], name="points_proof_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                name="points_proof_one_at_a_time",
                condition=Q(state="running"),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class LiabilityDay(models.Model):
    """What changed in outstanding points on one local day, by brand, month of expiry and cause.

    A roll-up of the entries up to `LiabilityMark.upto`: the sum over all rows is the sum of
    those entries. `brand_id` is the brand whose sale gave the points, 0 for others; `ends`
    is the first day of the month they are good through, empty for points without end.
    `owed` rows count what members came to owe (below zero) or paid off.
    """

    id = models.BigAutoField(primary_key=True)
    programme_id = models.BigIntegerField()
    currency = models.CharField(max_length=16)
    day = models.DateField()
    brand_id = models.BigIntegerField()
    ends = models.DateField(null=True)
    owed = models.BooleanField()
    counter = models.CharField(max_length=12)
    points = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme_id", "currency", "day", "brand_id", "ends", "owed", "counter"],
                name="points_liability_day_once",
                nulls_distinct=False,
            )
        ]
        permissions = [("export_liability", "Can export the liability of points")]

    def __str__(self) -> str:
        return f"{self.day} {self.counter} {self.points:+,}"


class LiabilityMark(models.Model):
    """How far the roll-up has come: it holds every entry up to `upto`, and none beyond.

    `next_upto` is the next stop, reached once none of the transactions that ran when it was
    chosen (`waits_for`) can still bring an entry below it.
    """

    id = models.SmallIntegerField(primary_key=True)
    upto = models.BigIntegerField(default=0)
    next_upto = models.BigIntegerField(null=True)
    waits_for = models.JSONField(default=list)
    chosen_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_days = models.IntegerField(default=0)
    differing_days = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"up to {self.upto}"


class PointCost(models.Model):
    """What points cost the shop from a day on: `minor_units` for every `points`, exactly.

    Without a brand it holds for all brands that have no row of their own.
    """

    programme_id = models.BigIntegerField()
    brand_id = models.BigIntegerField(null=True)
    currency = models.CharField(_("currency"), max_length=16)
    from_day = models.DateField(_("from"))
    minor_units = models.BigIntegerField(_("minor units"))
    points = models.BigIntegerField(_("for so many points"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme_id", "brand_id", "currency", "from_day"],
                name="points_cost_one_a_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(minor_units__gte=0) & Q(points__gt=0), name="points_cost_is_a_fraction"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.minor_units}/{self.points} from {self.from_day}"


class LiabilityBand(models.Model):
    """Between which bounds issued ÷ redeemed of three months should lie, and who was told."""

    programme_id = models.BigIntegerField(primary_key=True)
    least = models.DecimalField(max_digits=6, decimal_places=2)
    most = models.DecimalField(max_digits=6, decimal_places=2)
    told_for = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(least__gte=0) & Q(most__gt=models.F("least")),
                name="points_band_is_a_band",
            )
        ]

    def __str__(self) -> str:
        return f"{self.least} to {self.most}"
