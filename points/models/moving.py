"""What went from one member to another, and whom we told of what expires."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Move(models.Model):
    """What a transfer moved from one member's account to another's: the way back."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    to_member_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    to_account_id = models.BigIntegerField()
    idem_key = models.CharField(max_length=300)
    out_entry_id = models.BigIntegerField()
    in_entry_id = models.BigIntegerField()
    lots = ArrayField(models.BigIntegerField())
    to_lots = ArrayField(models.BigIntegerField())
    lot_points = ArrayField(models.BigIntegerField())
    holds = ArrayField(models.BigIntegerField())
    to_holds = ArrayField(models.BigIntegerField())
    debt = models.BigIntegerField()
    moved_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member_id", "idem_key"], name="points_move_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} to {self.to_member_id} ({self.pk})"


class Reminder(models.Model):
    """A date on which points of an account end, and the last week its member heard of it."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    expires_at = models.DateTimeField()
    points = models.BigIntegerField()
    step = models.PositiveSmallIntegerField()
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "account_id", "expires_at"], name="points_reminder_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.points} ({self.pk})"
