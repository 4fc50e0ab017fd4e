"""Console: every message that left, or on a laptop would have, newest first."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import words
from config.kernel.console import ReadOnlyAdmin, badge, find_members
from messaging import models

words.call(models.LocalMessage, gettext_lazy("message"), gettext_lazy("local outbox"))


@admin.register(models.LocalMessage)
class LocalMessageAdmin(ReadOnlyAdmin):
    """The local outbox: sign-in codes are read here on a laptop.

    Addresses and texts are kept encrypted and forgotten after a while; staff who may see
    this screen read them in clear, because that is what it is for.
    """

    list_display = ("recorded_at", "channel", "address", "body", "kind", "shown_status")
    list_filter = ("channel", "kind", "status")
    search_fields = ("key",)
    search_help_text = gettext_lazy("Member number, mem_ id, phone or e-mail")
    ordering = ("-id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[models.LocalMessage], search_term: str
    ) -> tuple[QuerySet[models.LocalMessage], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(member_id__in=find_members(search_term)), False

    @badge(
        title=gettext_lazy("status"),
        colors={"sent": "success", "failed": "danger", "unsent": "warning"},
    )
    def shown_status(self, obj: models.LocalMessage) -> tuple[str, str]:
        known = {"sent": _("Sent"), "failed": _("Failed"), "unsent": _("Not sent")}
        return obj.status, known.get(obj.status, obj.status)
