"""Codes that were sent, attempts to sign in, and accounts elsewhere."""

from __future__ import annotations

from django.db import models

from config.kernel.fields import BlindIndexField, EncryptedTextField
from config.kernel.sealed import SealedTextField


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
