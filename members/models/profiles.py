"""The member: a person in one programme, and what other apps say of them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from simple_history.models import HistoricalRecords

from config.kernel.fields import EncryptedTextField
from members.models.users import User


class Member(models.Model):
    """A person in one programme. `member_no` is their card number."""

    programme_id = models.BigIntegerField()
    member_no = models.CharField(max_length=12)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    status = models.CharField(max_length=8, default="active")
    kind = models.CharField(max_length=20, default="ordinary")
    name = EncryptedTextField(null=True)
    nickname = models.CharField(max_length=64, default="", blank=True)
    birthday = models.DateField(null=True)
    birthday_changed_at = models.DateTimeField(null=True)
    gender = models.CharField(max_length=8, default="", blank=True)
    avatar = models.CharField(max_length=40, default="", blank=True)
    interests = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    locale = models.CharField(max_length=16, default="", blank=True)
    timezone = models.CharField(max_length=64, default="", blank=True)
    attribution = models.JSONField(default=dict)
    home_store_id = models.BigIntegerField(null=True)
    joined_at = models.DateTimeField()
    survivor_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords(excluded_fields=["name"])

    class Meta:
        permissions = [
            ("see_all_stores", "Can see the members of every store"),
            ("reveal_contacts", "Can look at a member's name, phone and e-mail, for a reason"),
            ("reveal_identity", "Can look at a member's ID and real name, for a reason"),
            ("export_members", "Can export members"),
        ]
        indexes = [
            models.Index(fields=["programme_id", "id"], name="members_of_programme"),
            models.Index(
                fields=["home_store_id", "id"],
                name="members_of_store",
                condition=models.Q(home_store_id__isnull=False),
            ),
            models.Index(fields=["member_no"], name="members_by_number"),
            models.Index(
                fields=["survivor_id"],
                name="members_merged_into",
                condition=models.Q(survivor_id__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "programme_id"], name="members_user_is_one_member"
            ),
            models.CheckConstraint(
                condition=models.Q(status="merged") ^ models.Q(survivor_id__isnull=True),
                name="members_merged_names_survivor",
            ),
        ]

    def __str__(self) -> str:
        return self.member_no


class Label(models.Model):
    """What an upper app says of a member: a projection, written in that app's transaction."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=60, default="", blank=True)
    name_en = models.CharField(max_length=60, default="", blank=True)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "kind", "code"], name="members_label_is_unique"
            )
        ]
        indexes = [models.Index(fields=["kind", "code", "member_id"], name="members_labelled")]


class Consent(models.Model):
    """Agreement to a purpose under a version of the policy, and its withdrawal."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    purpose = models.CharField(max_length=40)
    policy_version = models.CharField(max_length=40)
    storefront_id = models.BigIntegerField(null=True)
    # Where it was said: a storefront's API, sign-up, the member center. Never given and
    # withdrawn is an objection to what was on by itself.
    source = models.CharField(max_length=20, default="")
    given_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_source = models.CharField(max_length=20, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "purpose", "policy_version"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="members_consent_is_given_once",
            ),
            models.UniqueConstraint(
                fields=["member_id", "purpose"],
                condition=models.Q(given_at__isnull=True),
                name="members_objection_is_made_once",
            ),
            models.CheckConstraint(
                condition=models.Q(given_at__isnull=False) | models.Q(withdrawn_at__isnull=False),
                name="members_consent_says_when",
            ),
        ]
