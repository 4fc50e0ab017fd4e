"""Messages that have left, or would have."""

from __future__ import annotations

from django.db import models

from config.kernel.fields import EncryptedTextField
from config.kernel.sealed import SealedTextField


class LocalMessage(models.Model):
    """A message and what became of it: on a laptop, the outbox that the console shows.

    `key` names the cause, so that a cause that is told twice sends one message. Address
    and text are encrypted, and forgotten after a while (`messaging.forget_old`).
    """

    key = models.CharField(max_length=120, unique=True)
    programme_id = models.BigIntegerField(null=True)
    member_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=12)
    template = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, blank=True, default="")
    locale = models.CharField(max_length=16)
    address = SealedTextField(kind="message-address", null=True)
    subject = EncryptedTextField(null=True)
    body = EncryptedTextField(null=True)
    provider = models.CharField(max_length=20, blank=True, default="")
    reference = models.CharField(max_length=120, blank=True, default="")
    status = models.CharField(max_length=8)
    why = models.CharField(max_length=40, blank=True, default="")
    recorded_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["member_id", "-id"], name="messaging_of_member"),
            models.Index(
                fields=["kind", "recorded_at"],
                name="messaging_to_forget",
                condition=models.Q(forgotten_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.key
