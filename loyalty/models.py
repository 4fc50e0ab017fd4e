"""Ladders, and where each member stands on them.

`MemberTier` is the one row a settlement locks: it holds the tier and the member's
qualifying amounts by local day, so that an exact rolling window is a sum over the row
itself and a whole base is evaluated by one scan of one narrow table.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty.types import Measure, Why


class LadderVersion(models.Model):
    """A version of a programme's ladder. Changed while a draft, never afterwards."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        REPLACED = "replaced", _("Replaced")

    programme_id = models.BigIntegerField(_("programme"))
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    measure = models.CharField(
        _("measure"), max_length=16, choices=[(m.value, m.value) for m in Measure]
    )
    validity_months = models.PositiveSmallIntegerField(_("valid for months"), default=12)
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=0)
    steps_down = models.PositiveSmallIntegerField(_("levels lost at most"), default=1)
    drafted_by = models.CharField(_("drafted by"), max_length=120)
    published_by = models.CharField(_("published by"), max_length=120, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    drafted_at = models.DateTimeField(_("drafted at"))
    published_at = models.DateTimeField(_("published at"), null=True)

    class Meta:
        verbose_name = _("ladder")
        verbose_name_plural = _("ladders")
        constraints = [
            models.UniqueConstraint(
                fields=["programme_id", "version"], name="loyalty_ladder_version_is_unique"
            ),
            models.UniqueConstraint(
                fields=["programme_id"],
                condition=Q(state="published"),
                name="loyalty_one_ladder_is_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class LadderTier(models.Model):
    """A rung of a ladder version."""

    ladder = models.ForeignKey(LadderVersion, models.CASCADE, related_name="tiers")
    rank = models.PositiveSmallIntegerField(_("rank"))
    code = models.CharField(_("code"), max_length=32)
    name_zh = models.CharField(_("name in Chinese"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=40)
    threshold = models.BigIntegerField(_("threshold"))
    multiplier = models.DecimalField(_("points multiplier"), max_digits=6, decimal_places=3)

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        constraints = [
            models.UniqueConstraint(fields=["ladder", "rank"], name="loyalty_rank_is_unique"),
            models.UniqueConstraint(fields=["ladder", "code"], name="loyalty_tier_code_is_unique"),
            models.CheckConstraint(
                condition=Q(threshold__gte=0), name="loyalty_threshold_not_negative"
            ),
            models.CheckConstraint(condition=Q(multiplier__gt=0), name="loyalty_multiplier_counts"),
        ]

    def __str__(self) -> str:
        return self.code


class MemberTier(models.Model):
    """Where a member stands in a programme, and what counts towards it.

    `grants` are the tiers held at the same time, lowest first: an upgrade does not end
    the tier below, so that undoing it has something to fall back to. The last one is the
    member's tier and stands in `tier_code`, `since`, `until` as well. `days` are days
    since 1970 in the programme's zone, ascending, with what qualifies on each.
    `as_of` is the latest moment the row has seen; `changes` numbers its history. After a
    merge the row is empty, and `moved_to` says whose books are opened in its place.
    """

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    programme_id = models.BigIntegerField()
    tier_code = models.CharField(max_length=32)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    protected = models.BooleanField(default=False)
    ladder_version = models.PositiveIntegerField()
    grants = models.JSONField(default=list)
    days = ArrayField(models.IntegerField(), default=list)
    spends = ArrayField(models.BigIntegerField(), default=list)
    growths = ArrayField(models.BigIntegerField(), default=list)
    as_of = models.DateTimeField(null=True)
    changes = models.IntegerField(default=0)
    moved_to = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("member's tier")
        verbose_name_plural = _("members' tiers")
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "programme_id"], name="loyalty_member_stands_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["programme_id", "until"],
                condition=Q(until__isnull=False),
                name="loyalty_tier_due",
            ),
            models.Index(
                fields=["programme_id", "ladder_version", "member_id"], name="loyalty_tier_ladder"
            ),
            models.Index(
                fields=["moved_to"],
                condition=Q(moved_to__isnull=False),
                name="loyalty_tier_moved",
            ),
        ]

    def __str__(self) -> str:
        return self.tier_code


class Qualifying(models.Model):
    """What a source (an order) still counts for a member, and on which day.

    A refund takes back from the source's own day what this row says, never what today's
    rules would compute.
    """

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    programme_id = models.BigIntegerField()
    source = models.CharField(max_length=120)
    day = models.IntegerField()
    spend = models.BigIntegerField()
    growth = models.BigIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "programme_id", "source"], name="loyalty_source_counts_once"
            ),
            models.CheckConstraint(
                condition=Q(spend__gte=0) & Q(growth__gte=0),
                name="loyalty_source_not_taken_back_beyond",
            ),
        ]


class TierChange(models.Model):
    """A line of a member's tier history: from, to, why, on which figures, until when."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    programme_id = models.BigIntegerField()
    number = models.IntegerField()
    from_code = models.CharField(max_length=32)
    to_code = models.CharField(max_length=32)
    why = models.CharField(max_length=12, choices=[(w.value, w.value) for w in Why])
    ladder_version = models.PositiveIntegerField()
    inputs = models.JSONField()
    source = models.CharField(max_length=120, blank=True)
    occurred_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("tier change")
        verbose_name_plural = _("tier changes")
        constraints = [
            # Two evaluations of one member would write the same number: one of them fails.
            models.UniqueConstraint(
                fields=["member_id", "programme_id", "number"],
                name="loyalty_tier_changes_are_numbered",
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_code} → {self.to_code}"
