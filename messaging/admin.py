"""Console: every message that left, or on a laptop would have, newest first."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import words
from config.kernel.console import (
    OfMembersAdmin,
    Table,
    action,
    badge,
    by_word,
    change,
    found_or_404,
    programme_name,
    word,
)
from members import selectors as members_selectors
from messaging import models, services
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


def why_words() -> dict[str, str]:
    """Return why a message did not leave."""
    return {
        "no_address": _("The member has neither e-mail nor phone."),
        "member_closed": _("The member is frozen, merged or erased."),
    }


@admin.register(models.LocalMessage)
class LocalMessageAdmin(OfMembersAdmin):
    """The local outbox: sign-in codes are read here on a laptop.

    Addresses and texts are kept encrypted and forgotten after a while. Beyond a demo
    addresses are masked, and nobody reads a code.
    """

    list_display = (
        "recorded_at",
        "member",
        "shown_channel",
        "shown_address",
        "shown_body",
        "shown_kind",
        "shown_status",
    )
    fields = (
        "recorded_at",
        "member",
        "programme",
        "shown_kind",
        "shown_channel",
        "shown_address",
        "subject",
        "shown_body",
        "state_word",
        "provider",
        "reference",
        "forgotten_at",
    )
    readonly_fields = fields
    actions_detail = ("resend",)
    list_filter = (
        by_word("channel", channel_words),
        by_word("kind", kind_words),
        by_word("status", status_words),
    )
    ordering = ("-id",)

    shown_channel = word("channel", channel_words, title=gettext_lazy("channel"))
    shown_kind = word("kind", kind_words, title=gettext_lazy("kind"))

    def title_of(self, obj: models.LocalMessage) -> str:
        return obj.subject or kind_words().get(obj.kind, obj.kind)

    @admin.display(description=gettext_lazy("programme"))
    def programme(self, obj: models.LocalMessage) -> str:
        return programme_name(obj.programme_id) if obj.programme_id else "–"

    @admin.display(description=gettext_lazy("address"))
    def shown_address(self, obj: models.LocalMessage) -> str:
        if not obj.address:
            return _("forgotten") if obj.forgotten_at else "–"
        return obj.address if settings.DEMO else members_selectors.mask_address(obj.address)

    @admin.display(description=gettext_lazy("text"))
    def shown_body(self, obj: models.LocalMessage) -> str:
        if obj.kind == Kind.CODE and not settings.DEMO:
            # Whoever reads a code can sign in as the member.
            return "******"
        return obj.body or (_("forgotten") if obj.forgotten_at else "–")

    @admin.display(description=gettext_lazy("status"))
    def state_word(self, obj: models.LocalMessage) -> str:
        return status_words().get(obj.status, obj.status)

    def tables(self, request: HttpRequest, obj: models.LocalMessage) -> list[Table]:
        """Say why nothing left, and what can be done."""
        if not obj.why:
            return []
        return [
            Table(
                title=_("In words"),
                headers=[],
                rows=[
                    [_("Why nothing left"), why_words().get(obj.why, obj.why)],
                    [
                        _("What to do"),
                        _("Once the member can be reached, press “Send again”."),
                    ],
                ],
            )
        ]

    def has_resend_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Show the button where there is something to send."""
        found = self.get_object(request, str(object_id)) if object_id else None
        sendable = found is not None and found.body is not None and found.kind != Kind.CODE
        return self.has_operate_permission(request) and sendable

    @action(title=gettext_lazy("Send again"), path="resend", icon="send", permission="resend")
    def resend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        message = found_or_404(self, request, object_id)
        said = [[_("Member"), self.member(message)], [_("Text"), message.body]]
        return change(
            self,
            request,
            message,
            title=_("Send this message again"),
            run=partial(services.resend, message_id=message.pk),
            said=lambda sent: (
                _("It was sent again.") if sent else _("It was sent again a moment ago.")
            ),
            explain=_("The same text goes to where the member is reached today."),
            button=_("Send again"),
            tables=[Table(title=_("Message"), headers=[], rows=said)],
        )

    @badge(
        title=gettext_lazy("status"),
        colors={"sent": "success", "failed": "danger", "unsent": "warning"},
    )
    def shown_status(self, obj: models.LocalMessage) -> tuple[str, str]:
        return obj.status, status_words().get(obj.status, obj.status)
