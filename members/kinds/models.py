"""Kinds as versions, who is of which and why, applications, and groups with their seats.

What is spread by member is written by SQL or `bulk_create`. Groups and invitations belong
to several members and stay local tables; they hold ids, and names only encrypted.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.kernel.fields import BlindIndexField, EncryptedJSONField, EncryptedTextField


class KindsVersion(models.Model):
    """A version of a programme's kinds. Changed while a draft, never afterwards."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        REPLACED = "replaced", _("Replaced")

    programme_id = models.BigIntegerField(_("programme"))
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    drafted_by = models.CharField(_("drafted by"), max_length=120)
    published_by = models.CharField(_("published by"), max_length=120, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    drafted_at = models.DateTimeField(_("drafted at"))
    published_at = models.DateTimeField(_("published at"), null=True)

    class Meta:
        verbose_name = _("kinds of member")
        verbose_name_plural = _("kinds of member")
        constraints = [
            models.UniqueConstraint(
                fields=["programme_id", "version"], name="kinds_version_is_unique"
            ),
            models.UniqueConstraint(
                fields=["programme_id"],
                condition=Q(state="published"),
                name="kinds_one_version_is_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class MemberKind(models.Model):
    """A kind in a version. Who is of several is called by the highest rank."""

    kinds = models.ForeignKey(KindsVersion, models.CASCADE, related_name="rows")
    rank = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40)
    entry = models.CharField(max_length=8)
    threshold = models.BigIntegerField()
    validity_months = models.PositiveSmallIntegerField()
    proof = models.CharField(max_length=8, blank=True)
    by_operator = models.BooleanField()
    service_level = models.CharField(max_length=10)
    group_size = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kinds", "rank"], name="kinds_rank_is_unique"),
            models.UniqueConstraint(fields=["kinds", "code"], name="kinds_code_is_unique"),
            models.CheckConstraint(
                condition=Q(threshold__gt=0) | ~Q(entry="spend"), name="kinds_spend_has_a_threshold"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Membership(models.Model):
    """A stretch of time in which a member is of a kind. A renewal is a row of its own."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    programme_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    why = models.CharField(max_length=8)
    by = models.CharField(max_length=120)
    reason = models.TextField(blank=True)
    # Whether a register was asked; None where there was nothing to ask about.
    is_asked = models.BooleanField(null=True)
    group_id = models.BigIntegerField(null=True)
    reminded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_why = models.CharField(max_length=9, blank=True)
    ended_by = models.CharField(max_length=120, blank=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "kind"],
                condition=Q(ended_at__isnull=True),
                name="kinds_member_is_of_a_kind_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_why="")
                | (Q(ended_at__isnull=False) & ~Q(end_why="")),
                name="kinds_what_ended_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"], condition=Q(ended_at__isnull=True), name="kinds_membership_due"
            ),
            models.Index(
                fields=["group_id"],
                condition=Q(group_id__isnull=False, ended_at__isnull=True),
                name="kinds_seats_of_a_group",
            ),
        ]


class Application(models.Model):
    """What a member asked for. The proof is kept until it is decided, and no longer."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    programme_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=9, default="waiting")
    proof = EncryptedJSONField(null=True)
    is_asked = models.BooleanField(null=True)
    applied_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "kind"],
                condition=Q(state="waiting"),
                name="kinds_one_application_waits",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(proof__isnull=True),
                name="kinds_decided_proofs_are_gone",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state="waiting"), name="kinds_applications_waiting"
            )
        ]


class Group(models.Model):
    """People who are of a kind together: one founds it and pays, the others are invited."""

    programme_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    name = EncryptedTextField()
    owner_id = models.BigIntegerField()
    size = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=1)
    founded_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("size")), name="kinds_group_has_no_more_than_its_size"
            ),
        ]


class Invitation(models.Model):
    """A code that lets one person into a group, once."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="invitations")
    code = EncryptedTextField()
    blind = BlindIndexField(unique=True)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_by = models.BigIntegerField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
