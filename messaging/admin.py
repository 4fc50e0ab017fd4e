"""Console: every message that left, or on a laptop would have, newest first."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import words
from config.kernel.console import ReadOnlyAdmin, badge, by_word, find_members, word
from messaging import models
from messaging.types import Kind

words.call(models.LocalMessage, gettext_lazy("message"), gettext_lazy("local outbox"))


def channel_words() -> dict[str, str]:
    """Return what the ways to send are called."""
    return {"sms": _("SMS"), "email": _("E-mail")}


def kind_words() -> dict[str, str]:
    """Return what messages are about."""
    return {
        Kind.CODE: _("Sign-in code"),
        Kind.MEMBER: _("Membership news"),
        Kind.TRANSACTION: _("About a purchase"),
        Kind.SYSTEM: _("System notice"),
    }


def status_words() -> dict[str, str]:
    """Return what can become of a message."""
    return {"sent": _("Sent"), "failed": _("Failed"), "unsent": _("Not sent")}


@admin.register(models.LocalMessage)
class LocalMessageAdmin(ReadOnlyAdmin):
    """The local outbox: sign-in codes are read here on a laptop.

    Addresses and texts are kept encrypted and forgotten after a while; staff who may see
    this screen read them in clear, because that is what it is for.
    """

    list_display = ("recorded_at", "shown_channel", "address", "body", "shown_kind", "shown_status")
    list_filter = (
        by_word("channel", channel_words),
        by_word("kind", kind_words),
        by_word("status", status_words),
    )
    search_fields = ("key",)
    search_help_text = gettext_lazy("Member number, mem_ id, phone or e-mail")
    ordering = ("-id",)

    shown_channel = word("channel", channel_words, title=gettext_lazy("channel"))
    shown_kind = word("kind", kind_words, title=gettext_lazy("kind"))

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
        return obj.status, status_words().get(obj.status, obj.status)
