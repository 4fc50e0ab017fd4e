"""What leads to a member: contact points, identities, and the keys that keep them unique."""

from __future__ import annotations

from django.db import models

from config.kernel.fields import BlindIndexField
from config.kernel.sealed import BlindOf, SealedTextField


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
        # Who is called this anywhere: a till that scans an id does not know whose it is.
        indexes = [models.Index(BlindOf("external_id"), name="members_identity_by_id")]
