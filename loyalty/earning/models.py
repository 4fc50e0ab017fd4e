"""Earn rules as versions, and the decisions they made."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class EarnRuleVersion(models.Model):
    """A version of a programme's earn rules. Changed while a draft, never afterwards.

    Several may be published: the one whose `from_at` is latest when an order is placed
    applies; what was placed before the earliest falls to the earliest.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    programme_id = models.BigIntegerField(_("programme"))
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    # Points per minor unit as a fraction: 1 per ¥1 is 1/100, which no decimal of
    # a third would be.
    rate_numerator = models.PositiveBigIntegerField(_("points"))
    rate_denominator = models.PositiveBigIntegerField(_("per minor units"))
    growth_numerator = models.PositiveBigIntegerField(_("growth"))
    growth_denominator = models.PositiveBigIntegerField(_("per minor units (growth)"))
    tier_multiplier = models.BooleanField(_("tiers multiply"), default=True)
    line_multipliers = models.JSONField(_("multipliers of goods"), default=dict, blank=True)
    from_at = models.DateTimeField(_("in force from"), null=True)
    drafted_by = models.CharField(_("drafted by"), max_length=120)
    published_by = models.CharField(_("published by"), max_length=120, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    drafted_at = models.DateTimeField(_("drafted at"))
    published_at = models.DateTimeField(_("published at"), null=True)

    class Meta:
        verbose_name = _("earn rules")
        verbose_name_plural = _("earn rules")
        constraints = [
            models.UniqueConstraint(
                fields=["programme_id", "version"], name="earning_rules_version_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(rate_denominator__gt=0) & Q(growth_denominator__gt=0),
                name="earning_rates_are_fractions",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(from_at__isnull=False),
                name="earning_published_rules_have_a_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} v{self.version}"


class EarnDecision(models.Model):
    """Why a source earned what it earned. Never changed, never deleted.

    `rows` are [line_no, rule, base, multiplier, points] in order of lines.
    """

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    programme_id = models.BigIntegerField()
    source = models.CharField(max_length=120)
    rule_version = models.PositiveIntegerField()
    rate = models.CharField(max_length=40)
    multiplier = models.CharField(max_length=40)
    earned = models.BigIntegerField()
    growth = models.BigIntegerField()
    rows = models.JSONField()
    inputs = models.JSONField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "programme_id", "source"],
                name="earning_source_is_decided_once",
            )
        ]
