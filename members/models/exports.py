"""Files that staff take out of here: asked for, approved, built, downloaded, gone again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ExportRun(models.Model):
    """An export: what was asked for and by whom, how far it is, and until when it is there."""

    class State(models.TextChoices):
        ASKED = "asked"
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        EXPIRED = "expired"

    kind = models.CharField(max_length=20)
    filter = models.JSONField(default=dict)
    user_id = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    approval_id = models.BigIntegerField(null=True, unique=True)
    state = models.CharField(max_length=9, choices=State)
    in_clear = models.BooleanField(default=False)
    rows = models.BigIntegerField(default=0)
    written = models.BigIntegerField(default=0)
    file_name = models.CharField(max_length=120, default="")
    downloads = models.IntegerField(default=0)
    asked_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [("approve_bulk_export", "Can approve exports of more than 100 rows")]
        indexes = [
            models.Index(
                fields=["id"],
                name="members_bulk_to_build",
                condition=Q(state__in=["waiting", "running"]),
            ),
            models.Index(
                fields=["expires_at"], name="members_bulk_to_end", condition=Q(state="done")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | Q(expires_at__isnull=False, done_at__isnull=False),
                name="members_export_that_is_done_ends",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
