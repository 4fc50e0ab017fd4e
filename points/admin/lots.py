"""Console: lots and reservations."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy

from config.kernel.console import SpreadAdmin, by_word, word
from points import models
from points.admin.wording import hold_words


@admin.register(models.Lot)
class LotAdmin(SpreadAdmin):
    """Lots: what each earning still holds, and until when."""

    list_display = (
        "id",
        "member",
        "points",
        "remaining",
        "held",
        "pending",
        "available_at",
        "expires_at",
    )
    list_filter = ("open", "pending")


@admin.register(models.Hold)
class HoldAdmin(SpreadAdmin):
    """Reservations."""

    list_display = ("id", "member", "points", "captured", "shown_status", "source", "expires_at")
    list_filter = (by_word("status", hold_words),)
    shown_status = word("status", hold_words, title=gettext_lazy("status"))
