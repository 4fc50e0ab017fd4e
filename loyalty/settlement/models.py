"""Imports of order files: what was imported, how far, and which lines were refused."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportRun(models.Model):
    """An import of one file with one set of options, known by their hash.

    The same file and options again are the same import: it goes on where it stopped, or
    is done already.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    digest = models.CharField(max_length=64, unique=True)
    file_name = models.CharField(_("file"), max_length=200)
    storefront_id = models.BigIntegerField()
    options = models.JSONField()
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.RUNNING)
    actor = models.CharField(_("started by"), max_length=120)
    lines = models.BigIntegerField(_("lines"))
    # Lines that the layout itself rejects, by reason; chunks count theirs.
    rejected = models.JSONField()
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.file_name


class ImportChunk(models.Model):
    """Some customers of an import. Marked done in the transaction that settles them."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    lines = models.IntegerField()
    done_at = models.DateTimeField(null=True)
    orders = models.IntegerField(default=0)
    refunds = models.IntegerField(default=0)
    members = models.IntegerField(default=0)
    # [line, reason] of lines that were rejected when they were to be settled.
    rejected = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="settlement_chunk_once")
        ]
