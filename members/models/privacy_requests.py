"""What members asked for about their data: a copy of it, and that it be erased."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from config.kernel.fields import EncryptedTextField


class DataExport(models.Model):
    """A copy of everything held about a member, asked for by them.

    The file's name is kept encrypted: whoever reads a dump does not find the file.
    """

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    state = models.CharField(max_length=8, default="waiting")
    locale = models.CharField(max_length=16, default="")
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    file_name = EncryptedTextField(null=True)
    tries = models.SmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["state", "started_at"],
                name="members_exports_to_build",
                condition=Q(state__in=["waiting", "building"]),
            ),
            models.Index(
                fields=["expires_at"],
                name="members_exports_to_end",
                condition=Q(state="ready"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["member_id"],
                condition=Q(state__in=["waiting", "building"]),
                name="members_one_export_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(file_name__isnull=False, expires_at__isnull=False, ready_at__isnull=False),
                name="members_ready_export_has_a_file",
            ),
        ]


class Erasure(models.Model):
    """That a member is to be erased, how far it has come, and the certificate that it was.

    It names nobody: ids, times and counts. `done` holds what each step and table came to,
    so that an erasure that was interrupted goes on where it was.
    """

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    state = models.CharField(max_length=9, default="waiting")
    actor = models.CharField(max_length=80)
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()
    problem = models.CharField(max_length=40, default="")
    cancelled_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    member_ids = models.JSONField(default=list)
    user_ids = models.JSONField(default=list)
    done = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="members_erasures_due",
                condition=Q(state__in=["waiting", "running"]),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["member_id"],
                condition=Q(state__in=["waiting", "running", "done"]),
                name="members_erased_once",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled") ^ Q(cancelled_at__isnull=True),
                name="members_cancelled_erasure_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="done") ^ Q(done_at__isnull=True),
                name="members_done_erasure_says_when",
            ),
        ]
