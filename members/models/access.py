"""Who of the staff looked at whom, and who may see personal data in clear for a while."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

LONGEST_GRANT = timedelta(hours=24)


class AccessRecord(models.Model):
    """A look at a member by staff. Append-only: the application's role cannot change it.

    `page` is where they looked, `fields` what they saw in clear, `reason` what they said
    they needed it for; a look at a masked page asks for none.
    """

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    page = models.CharField(max_length=60)
    fields = models.JSONField(default=list)
    reason = models.CharField(max_length=300, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "recorded_at"], name="members_access_by_staff"),
            models.Index(fields=["recorded_at"], name="members_access_by_time"),
        ]

    def __str__(self) -> str:
        return self.page


class DataGrant(models.Model):
    """That somebody of the staff sees personal data in clear, for a time that ends by itself."""

    user_id = models.BigIntegerField()
    approval_id = models.BigIntegerField(unique=True)
    reason = models.CharField(max_length=500)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        permissions = [("approve_full_data", "Can approve that staff see personal data in clear")]
        indexes = [models.Index(fields=["user_id", "ends_at"], name="members_grants_of_staff")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at"))
                & Q(ends_at__lte=F("starts_at") + LONGEST_GRANT),
                name="members_data_grant_ends_within_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
