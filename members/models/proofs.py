"""Who a member is for certain."""

from __future__ import annotations

from django.db import models

from config.kernel.fields import EncryptedTextField


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
