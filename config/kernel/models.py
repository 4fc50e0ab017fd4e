"""The kernel's tables."""

from __future__ import annotations

from django.db import models

from config.kernel.fields import EncryptedJSONField


class OutboxEvent(models.Model):
    """A domain event, written in the transaction of the change it tells of.

    The relay claims rows whose `relayed_at` is empty, makes one `Delivery` for each
    handler, and marks them. `points` functions insert here from SQL, so a change of
    this table is a change of theirs.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    payload = models.JSONField(null=True)
    sealed = EncryptedJSONField(null=True)
    programme_id = models.BigIntegerField(null=True)
    member_id = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    relayed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                name="kernel_outbox_waiting",
                condition=models.Q(relayed_at__isnull=True),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(payload__isnull=False) ^ models.Q(sealed__isnull=False),
                name="kernel_event_is_plain_or_sealed",
            )
        ]
