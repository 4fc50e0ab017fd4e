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
    # Period → points that all orders together may earn in it.
    caps = models.JSONField(_("caps"), default=dict, blank=True)
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
        return f"v{self.version}"


class EarnRule(models.Model):
    """A row of a version: a rule of goods, of a campaign, of the first order."""

    class Action(models.TextChoices):
        RATE = "rate", _("Another rate")
        EXTRA = "extra", _("A rate on top")
        FACTOR = "factor", _("Times")
        BONUS = "bonus", _("Points once an order")
        EXCLUDED = "excluded", _("Earns nothing")

    version = models.ForeignKey(EarnRuleVersion, models.PROTECT, related_name="rules")
    code = models.SlugField(_("code"), max_length=40)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    priority = models.PositiveIntegerField(_("priority"), default=100)
    exclusive_group = models.SlugField(_("exclusive group"), max_length=40, blank=True)
    action = models.CharField(_("what it does"), max_length=8, choices=Action)
    # A fraction's text: points per minor unit, a multiplier, or points.
    value = models.CharField(_("value"), max_length=40)
    goods = models.JSONField(_("goods"), default=list)
    first_order = models.BooleanField(_("first order only"), default=False)
    minimum = models.BigIntegerField(_("minimum, minor units"), default=0)
    starts_at = models.DateTimeField(_("from"), null=True)
    ends_at = models.DateTimeField(_("until"), null=True)
    caps = models.JSONField(_("caps"), default=dict)
    validity = models.CharField(_("validity"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("earn rule")
        verbose_name_plural = _("earn rules (rows)")
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="earning_rule_code_once"),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True)
                | Q(ends_at__isnull=True)
                | Q(starts_at__lt=models.F("ends_at")),
                name="earning_rule_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class EarnBehavior(models.Model):
    """A row of a version: what a behavior earns, and how often."""

    version = models.ForeignKey(EarnRuleVersion, models.PROTECT, related_name="behaviors")
    code = models.SlugField(_("code"), max_length=40)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    active = models.BooleanField(_("on"), default=True)
    points = models.PositiveBigIntegerField(_("points"))
    caps = models.JSONField(_("caps, times"), default=dict)
    validity = models.CharField(_("validity"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("behavior reward")
        verbose_name_plural = _("behavior rewards")
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="earning_behavior_code_once")
        ]

    def __str__(self) -> str:
        return self.code


class EarnReward(models.Model):
    """A behavior that was rewarded: once for its source, whatever anybody tells again."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    programme_id = models.BigIntegerField()
    behavior = models.CharField(max_length=40)
    source = models.CharField(max_length=80)
    points = models.BigIntegerField()
    rule_version = models.PositiveIntegerField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "programme_id", "behavior", "source"],
                name="earning_behavior_is_rewarded_once",
            )
        ]


class EarnUsage(models.Model):
    """How much of a cap is used: points of a rule, times of a behavior, in a period."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    programme_id = models.BigIntegerField()
    rule = models.CharField(max_length=60)
    period = models.CharField(max_length=20)
    used = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "programme_id", "rule", "period"],
                name="earning_usage_is_counted_in_one_place",
            )
        ]


class EarnDecision(models.Model):
    """Why a source earned what it earned. Never changed, never deleted.

    `rows` are [line_no, rule, base, multiplier, points] in order of lines; a sixth place
    holds what else is to be told: rate, validity, capped. Of plain rules they are columns,
    {nets, points}, with {line_nos} where those do not count from 1.
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
