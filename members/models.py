"""Who the members are.

Everything that points to a person directly is encrypted. `MemberKey` maps a blind index to
its member, so that the database itself refuses a second member for the same phone number.
Tables with `member_id` are spread by it and are written by SQL or `bulk_create`.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from simple_history.models import HistoricalRecords

from config.kernel.fields import BlindIndexField, EncryptedTextField
from config.kernel.sealed import BlindOf, SealedTextField
from members.account import sealing

sealing.seal()


class UserManager(BaseUserManager["User"]):
    """Makes users; called by `createsuperuser` too."""

    use_in_migrations = True

    def create_user(self, staff_name: str | None = None, **values: Any) -> User:
        """Make a user; without a password they sign in by code only."""
        password = values.pop("password", None)
        user = self.model(staff_name=staff_name, **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, staff_name: str, password: str | None = None, **values: Any) -> User:
        """Make a member of staff who may do everything."""
        return self.create_user(
            staff_name, password=password, is_staff=True, is_superuser=True, **values
        )


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in: a member or staff. Who they are to the shop is in Member."""

    staff_name = models.CharField(max_length=64, null=True, blank=True, unique=True)
    email = SealedTextField(kind="email", null=True)
    phone = SealedTextField(kind="phone", null=True)
    phone_verified = models.BooleanField(default=False)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "staff_name"
    EMAIL_FIELD = "email"

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(BlindOf("email"), name="members_user_email_is_unique"),
            models.UniqueConstraint(BlindOf("phone"), name="members_user_phone_is_unique"),
        ]

    def __str__(self) -> str:
        return self.staff_name or f"user {self.pk}"


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
    locale = models.CharField(max_length=16, default="", blank=True)
    timezone = models.CharField(max_length=64, default="", blank=True)
    attribution = models.JSONField(default=dict)
    home_store_id = models.BigIntegerField(null=True)
    joined_at = models.DateTimeField()
    survivor_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords(excluded_fields=["name"])

    class Meta:
        indexes = [
            models.Index(fields=["programme_id", "id"], name="members_of_programme"),
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


class MemberKey(models.Model):
    """What leads to a member: the blind index of a phone, e-mail, card number or external id.

    A table of its own, not spread: its constraint is what decides who a phone belongs to.
    """

    programme_id = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    blind = BlindIndexField()
    member_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme_id", "kind", "blind"], name="members_key_names_one_member"
            )
        ]


class ContactPoint(models.Model):
    """The phone number or e-mail address of a member; one of each kind."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    value = SealedTextField(kind="contact")
    verified_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "kind"], name="members_one_contact_of_each_kind"
            )
        ]


class Identity(models.Model):
    """What another channel calls the member."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    channel = models.CharField(max_length=40)
    external_id = SealedTextField(kind="external")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.F("member_id"),
                models.F("channel"),
                BlindOf("external_id"),
                name="members_identity_is_told_once",
            )
        ]


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
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "purpose", "policy_version"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="members_consent_is_given_once",
            )
        ]


class SignInTicket(models.Model):
    """A code that was sent: its keyed hash, never the code.

    What it was sent for is part of it: a code to sign in changes no phone number.
    """

    token = models.CharField(max_length=43, unique=True)
    programme_id = models.BigIntegerField()
    purpose = models.CharField(max_length=8, default="sign_in")
    user_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=8)
    address = SealedTextField(kind="contact")
    code_hash = models.BinaryField(max_length=32)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="members_ticket_expiry")]


class SignInAttempt(models.Model):
    """A sign-in, how risky it looked and why, and what became of it.

    Networks and devices are kept as keyed hashes, to be compared; what a member and an
    operator may read of them is encrypted.
    """

    user_id = models.BigIntegerField()
    member_id = models.BigIntegerField(null=True)
    programme_id = models.BigIntegerField(null=True)
    by = models.CharField(max_length=16)
    outcome = models.CharField(max_length=12)
    risk = models.PositiveSmallIntegerField(default=0)
    reasons = models.JSONField(default=list)
    device = BlindIndexField(null=True)
    network = BlindIndexField(null=True)
    ip = EncryptedTextField(null=True)
    agent = EncryptedTextField(null=True)
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "-id"], name="members_attempts_of_user"),
            models.Index(fields=["occurred_at"], name="members_attempts_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(risk__gte=0, risk__lte=100), name="members_risk_is_a_percentage"
            )
        ]


class SocialAccount(models.Model):
    """An account somewhere else that signs a user in. One person may have several subjects
    at a provider: one over all apps of the shop, and one for each app."""

    user_id = models.BigIntegerField()
    provider = models.CharField(max_length=16)
    blind = BlindIndexField()
    subject = EncryptedTextField()
    nickname = EncryptedTextField(null=True)
    bound_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Exact, not by a sealed field: subjects that differ in case are two people.
            models.UniqueConstraint(
                fields=["provider", "blind"], name="members_social_account_is_one_users"
            )
        ]
        indexes = [models.Index(fields=["user_id"], name="members_socials_of_user")]


class RealName(models.Model):
    """A verified name and resident ID number. Written once; the key map keeps numbers unique."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    name = EncryptedTextField()
    id_number = EncryptedTextField()
    provider = models.CharField(max_length=40)
    is_asked = models.BooleanField()
    verified_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member_id"], name="members_real_name_is_verified_once")
        ]
