"""Cases in which two members may be one person."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.kernel.fields import EncryptedJSONField


class MergeCase(models.Model):
    """Two members who may be one, how that was found, and what was decided.

    `preview` is what an operator saw, `report` what the merge came to, `kept` what it takes
    to undo it; they hold values of people and are encrypted as a whole.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("merge case", "Open")
        WAITING = "waiting", _("Waits for a second person")
        MERGED = "merged", _("Merged")
        UNDONE = "undone", _("Undone")
        REJECTED = "rejected", _("Rejected")

    class Found(models.TextChoices):
        IDENTITY = "identity", _("An id that belongs to the other")
        OPERATOR = "operator", _("By an operator")
        API = "api", _("By a storefront")
        RULE = "rule", _("By a rule")

    programme_id = models.BigIntegerField(_("programme"))
    survivor_id = models.BigIntegerField(_("stays"))
    duplicate_id = models.BigIntegerField(_("goes into it"))
    found = models.CharField(_("found"), max_length=8, choices=Found)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    opened_by = models.CharField(_("opened by"), max_length=80)
    opened_at = models.DateTimeField(_("opened"))
    reason = models.CharField(_("reason"), max_length=300)
    approval_id = models.BigIntegerField(null=True)
    decided_by = models.CharField(_("decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision = models.CharField(_("why it was decided so"), max_length=300, blank=True)
    preview = EncryptedJSONField(null=True)
    report = EncryptedJSONField(null=True)
    kept = EncryptedJSONField(null=True)
    undo_until = models.DateTimeField(_("can be undone until"), null=True)
    undone_by = models.CharField(_("undone by"), max_length=80, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undo_reason = models.CharField(_("why it was undone"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("merge case")
        verbose_name_plural = _("merge cases")
        permissions = [("approve_merge", "Can approve a merge of members")]
        indexes = [
            models.Index(fields=["survivor_id"], name="members_merges_of_survivor"),
            models.Index(fields=["duplicate_id"], name="members_merges_of_duplicate"),
        ]
        constraints = [
            models.UniqueConstraint(
                Least("survivor_id", "duplicate_id"),
                Greatest("survivor_id", "duplicate_id"),
                condition=models.Q(state__in=["open", "waiting"]),
                name="members_pair_has_one_open_case",
            ),
            # A member is merged into one other at a time.
            models.UniqueConstraint(
                fields=["duplicate_id"],
                condition=models.Q(state="merged"),
                name="members_merged_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(survivor_id=models.F("duplicate_id")),
                name="members_merge_takes_two",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
