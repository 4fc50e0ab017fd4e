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
    row may only ask.
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
        permissions = [("approve_correction", "Can approve corrections of points")]

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
        return f"proof {self.pk}"
