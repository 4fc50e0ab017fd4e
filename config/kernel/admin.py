"""Console: what the machinery did, and what waits for an operator."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import clock, deliveries, models, words
from config.kernel.approvals import screens as _approvals  # noqa: F401  (registers its screen)
from config.kernel.console import (
    ReadOnlyAdmin,
    ReasonForm,
    action,
    actor,
    ask,
    badge,
    by_word,
    found_or_404,
    record_url,
)

words.call(models.AuditRecord, gettext_lazy("audit record"), gettext_lazy("audit log"))
words.call(models.OutboxEvent, gettext_lazy("domain event"), gettext_lazy("domain events"))
words.call(models.Delivery, gettext_lazy("delivery"), gettext_lazy("deliveries"))


@admin.register(models.AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin):
    """Who did what, to what, and why."""

    list_display = ("recorded_at", "actor", "action", "target", "reason")
    search_fields = ("=target", "=actor")
    search_help_text = gettext_lazy("Target or actor, such as programme:1 or staff:7")
    ordering = ("-id",)


@admin.register(models.OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin):
    """Domain events, newest first. What is sealed stays sealed."""

    list_display = ("id", "name", "member_id", "occurred_at", "relayed_at")
    exclude = ("sealed",)
    search_fields = ("=name",)
    ordering = ("-id",)


def state_words() -> dict[str, str]:
    """Return how far a reaction can be."""
    return {
        models.Delivery.State.WAITING: _("Waiting"),
        models.Delivery.State.DONE: _("Done"),
        models.Delivery.State.DEAD: _("Dead"),
        models.Delivery.State.DROPPED: _("Dropped"),
    }


@admin.register(models.Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Reactions that events are owed. The dead ones wait for someone here."""

    list_display = (
        "id",
        "event_name",
        "handler",
        "shown_state",
        "attempts",
        "due_at",
        "last_error",
    )
    list_filter = (by_word("state", state_words), "queue")
    list_select_related = ("event",)
    ordering = ("-id",)
    actions_detail = ("retry", "drop")

    @admin.display(description=gettext_lazy("event"))
    def event_name(self, obj: models.Delivery) -> str:
        return obj.event.name

    @badge(
        title=gettext_lazy("state"),
        colors={"dead": "danger", "waiting": "info", "done": "success", "dropped": "warning"},
    )
    def shown_state(self, obj: models.Delivery) -> tuple[str, str]:
        return obj.state, state_words().get(obj.state, obj.state)

    @action(title=gettext_lazy("Try again"), path="retry", icon="replay")
    def retry(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._settle(
            request,
            object_id,
            deliveries.retry_delivery,
            _("Try again"),
            _("It will be tried at once."),
        )

    @action(title=gettext_lazy("Drop"), path="drop", icon="delete")
    def drop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._settle(
            request,
            object_id,
            deliveries.drop_delivery,
            _("Drop"),
            _("It will not be tried again."),
        )

    def _settle(
        self, request: HttpRequest, object_id: str, service: Any, title: str, said: str
    ) -> HttpResponse:
        delivery = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            service(
                delivery_id=delivery.pk,
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return said

        return ask(
            self,
            request,
            title=title,
            form_class=ReasonForm,
            act=act,
            done=record_url(models.Delivery, delivery.pk),
            explain=f"{delivery.event.name} → {delivery.handler}",
        )
