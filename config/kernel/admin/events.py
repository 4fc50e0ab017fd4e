"""Console: what happened, as apps told each other."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import models, words
from config.kernel.admin.deliveries import state_words
from config.kernel.console import (
    Link,
    ReadOnlyAdmin,
    Table,
    name_members,
    narrow,
    programme_name,
    record_url,
    when,
)
from config.kernel.happenings import event_word, reaction_word

words.call(models.OutboxEvent, gettext_lazy("domain event"), gettext_lazy("domain events"))


@admin.register(models.OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin):
    """Domain events, newest first. What is sealed stays sealed."""

    list_display = ("occurred_at", "what", "member", "programme", "relayed_at")
    exclude = ("sealed", "member_id", "programme_id")
    readonly_fields = ("what", "member", "programme")
    search_fields = ("=name",)
    search_help_text = gettext_lazy("Name of the event, such as points.earned.v1")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.OutboxEvent]:
        return narrow(super().get_queryset(request), request)

    def attach(self, rows: list[Any]) -> None:
        names = name_members([row.member_id for row in rows if row.member_id])
        for row in rows:
            row.member_name = names.get(row.member_id, ("–", ""))[0]

    @admin.display(description=gettext_lazy("event"), ordering="name")
    def what(self, obj: models.OutboxEvent) -> str:
        return event_word(obj.name)

    @admin.display(description=gettext_lazy("member"))
    def member(self, obj: Any) -> str:
        return str(obj.member_name)

    @admin.display(description=gettext_lazy("programme"))
    def programme(self, obj: models.OutboxEvent) -> str:
        return programme_name(obj.programme_id) if obj.programme_id else "–"

    def tables(self, request: HttpRequest, obj: models.OutboxEvent) -> list[Table]:
        owed = models.Delivery.objects.filter(event_id=obj.pk).order_by("id")
        return [
            Table(
                title=_("Reactions"),
                headers=[_("Reaction"), _("State"), _("Attempts"), _("Due"), _("Last error")],
                rows=[
                    [
                        Link(reaction_word(row.handler), record_url(models.Delivery, row.pk)),
                        state_words().get(row.state, row.state),
                        row.attempts,
                        when(row.due_at),
                        row.last_error or "–",
                    ]
                    for row in owed
                ],
                empty=_("Nothing reacts to it."),
            )
        ]
