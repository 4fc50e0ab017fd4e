"""Console: lots and reservations."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel.console import SourcedAdmin, SpreadAdmin, badge, by_word, figure, word
from points import models
from points.admin.wording import hold_words


@admin.register(models.Lot)
class LotAdmin(SpreadAdmin):
    """Lots: what each earning still holds, and until when."""

    list_display = (
        "id",
        "member",
        "shown_points",
        "shown_remaining",
        "shown_held",
        "shown_state",
        "available_at",
        "expires_at",
    )
    list_filter = ("open", "pending")
    shown_points = figure("points")
    shown_remaining = figure("remaining")
    shown_held = figure("held")

    @badge(title=gettext_lazy("state"), colors={"available": "success", "pending": "info"})
    def shown_state(self, obj: models.Lot) -> tuple[str, str]:
        if obj.pending:
            return "pending", _("Pending")
        return ("available", _("Available")) if obj.open else ("used", _("Used up"))


@admin.register(models.Hold)
class HoldAdmin(SourcedAdmin):
    """Reservations."""

    list_display = (
        "id",
        "member",
        "shown_points",
        "shown_captured",
        "shown_status",
        "shown_source",
        "expires_at",
    )
    list_filter = (by_word("status", hold_words),)
    shown_points = figure("points")
    shown_captured = figure("captured")
    shown_status = word("status", hold_words, title=gettext_lazy("status"))
