"""Console: reactions that events are owed. The dead ones wait for someone here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.kernel import clock, deliveries, models, words
from config.kernel.console import (
    Link,
    ReadOnlyAdmin,
    ReasonForm,
    Table,
    action,
    actor,
    ask,
    badge,
    by_word,
    found_or_404,
    record_url,
    when,
    word,
)
from config.kernel.deliveries import Act
from config.kernel.happenings import event_word, queue_words, reaction_owed, reaction_word

State = models.Delivery.State

words.call(models.Delivery, gettext_lazy("delivery"), gettext_lazy("deliveries"))

# More than these in one address would be refused on the way.
_MOST_CHOSEN = 200
# The navigation tells so many and leaves it at that.
_BADGE = 100


def state_words() -> dict[str, str]:
    """Return how far a reaction can be."""
    return {
        State.WAITING: _("Waiting"),
        State.DONE: _("Done"),
        State.DEAD: _("Dead"),
        State.DROPPED: _("Dropped"),
    }


@admin.register(models.Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Look at what failed and why; try again or give up, one, some or all of a kind."""

    list_display = (
        "reaction",
        "event_name",
        "shown_state",
        "shown_queue",
        "attempts",
        "due_at",
        "last_error",
    )
    list_filter = (by_word("state", state_words), by_word("queue", queue_words))
    list_select_related = ("event",)
    ordering = ("-id",)
    fields = (
        "reaction",
        "event_name",
        "state_word",
        "shown_queue",
        "attempts",
        "created_at",
        "due_at",
        "settled_at",
        "last_error",
    )
    readonly_fields = fields
    actions = ("retry_chosen", "drop_chosen")
    actions_detail = ("retry", "drop")
    actions_list = ("retry_all", "drop_all")
    shown_queue = word("queue", queue_words, title=gettext_lazy("queue"))

    @admin.display(description=gettext_lazy("reaction"), ordering="handler")
    def reaction(self, obj: models.Delivery) -> str:
        return reaction_word(obj.handler)

    @admin.display(description=gettext_lazy("event"))
    def event_name(self, obj: models.Delivery) -> str:
        return event_word(obj.event.name)

    @admin.display(description=gettext_lazy("state"))
    def state_word(self, obj: models.Delivery) -> str:
        return state_words().get(obj.state, obj.state)

    @badge(
        title=gettext_lazy("state"),
        colors={"dead": "danger", "waiting": "info", "done": "success", "dropped": "warning"},
    )
    def shown_state(self, obj: models.Delivery) -> tuple[str, str]:
        return obj.state, state_words().get(obj.state, obj.state)

    def has_settle_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Show the buttons on what is not settled."""
        if not self.has_operate_permission(request):
            return False
        found = self.get_object(request, str(object_id)) if object_id else None
        return found is None or found.state in (State.WAITING, State.DEAD)

    def waiting(self, request: HttpRequest) -> int:
        """Return how many are dead, for the navigation."""
        dead = models.Delivery.objects.filter(state=State.DEAD)
        return dead.values("pk")[:_BADGE].count()

    def list_tables(self, request: HttpRequest) -> list[Table]:
        """Sum up the dead ones by reaction, with what can be done."""
        found = deliveries.dead_by_handler()
        now = clock.now()
        rows: list[list[object]] = [
            [
                reaction_word(row.handler),
                f"{row.count:,}",
                _("%(time)s ago") % {"time": timesince(row.oldest, now)},
                row.error,
                *self._offers(request, row.handler),
            ]
            for row in found
        ]
        return [
            Table(
                title=_("Dead letters by reaction"),
                note=_(
                    "A reaction that has failed ten times in a row is dead: nothing more"
                    " happens until somebody decides. Mend the cause, then try again."
                ),
                headers=[_("Reaction"), _("Dead"), _("Oldest"), _("Last error"), "", ""],
                rows=rows,
                empty=_("Nothing is dead. %(waiting)s") % {"waiting": _waiting()},
            )
        ]

    def _offers(self, request: HttpRequest, handler: str) -> list[Link]:
        if not self.has_operate_permission(request):
            return []
        query = urlencode({"handler": handler})
        return [
            Link(_("Try all again"), f"{reverse('admin:kernel_delivery_retry_all')}?{query}"),
            Link(_("Drop all"), f"{reverse('admin:kernel_delivery_drop_all')}?{query}"),
        ]

    def tables(self, request: HttpRequest, obj: models.Delivery) -> list[Table]:
        """Say in words what happened, and what can be done."""
        happened = _("%(event)s on %(when)s, which calls for: %(reaction)s.") % {
            "event": event_word(obj.event.name),
            "when": when(obj.event.occurred_at),
            "reaction": reaction_word(obj.handler),
        }
        rows: list[list[object]] = [[_("What happened"), happened], [_("Where it is"), _tell(obj)]]
        owed = reaction_owed(obj.handler)
        if owed and obj.state in (State.WAITING, State.DEAD):
            rows.append([_("What is missing"), owed])
        if obj.state == State.DEAD:
            rows.append([_("What to do"), _advice(obj)])
        rows.append(
            [_("The event"), Link(obj.event.name, record_url(models.OutboxEvent, obj.event_id))]
        )
        return [Table(title=_("In words"), headers=[], rows=rows)]

    # One -------------------------------------------------------------------------------
    @action(title=gettext_lazy("Try again"), path="retry", icon="replay", permission="settle")
    def retry(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._one(request, object_id, "retry")

    @action(title=gettext_lazy("Drop"), path="drop", icon="delete", permission="settle")
    def drop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._one(request, object_id, "drop")

    def _one(self, request: HttpRequest, object_id: str, act: Act) -> HttpResponse:
        delivery = found_or_404(self, request, object_id)
        service = {"retry": deliveries.retry_delivery, "drop": deliveries.drop_delivery}[act]

        def settle(values: dict[str, Any]) -> str:
            service(
                delivery_id=delivery.pk,
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _SAID[act]()

        return ask(
            self,
            request,
            title=_TITLES[act](),
            form_class=ReasonForm,
            act=settle,
            done=record_url(models.Delivery, delivery.pk),
            explain=_EXPLAINED[act](),
            button=_TITLES[act](),
            dangerous=act == "drop",
            tables=self.tables(request, delivery),
        )

    # Some ------------------------------------------------------------------------------
    @admin.action(description=gettext_lazy("Try again"), permissions=["operate"])
    def retry_chosen(self, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
        return self._chosen(request, chosen, "retry")

    @admin.action(description=gettext_lazy("Drop"), permissions=["operate"])
    def drop_chosen(self, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
        return self._chosen(request, chosen, "drop")

    def _chosen(self, request: HttpRequest, chosen: QuerySet[Any], act: Act) -> HttpResponse | None:
        ids = list(chosen.values_list("pk", flat=True)[: _MOST_CHOSEN + 1])
        if len(ids) > _MOST_CHOSEN:
            said = _("Choose at most %(most)d, or all of a reaction above the list.")
            messages.error(request, said % {"most": _MOST_CHOSEN})
            return None
        query = urlencode({"ids": ",".join(map(str, ids))})
        return HttpResponseRedirect(f"{reverse(f'admin:kernel_delivery_{act}_all')}?{query}")

    # All of a kind ---------------------------------------------------------------------
    @action(title=gettext_lazy("Try all dead again"), path="retry-all", icon="replay")
    def retry_all(self, request: HttpRequest) -> HttpResponse:
        return self._many(request, "retry")

    @action(title=gettext_lazy("Drop all dead"), path="drop-all", icon="delete")
    def drop_all(self, request: HttpRequest) -> HttpResponse:
        return self._many(request, "drop")

    def _many(self, request: HttpRequest, act: Act) -> HttpResponse:
        handler, ids = request.GET.get("handler", ""), _numbers(request.GET.get("ids"))
        dead = deliveries.dead_by_handler()
        count = len(ids) if ids else sum(r.count for r in dead if handler in ("", r.handler))
        said = _("%(count)s deliveries") % {"count": f"{count:,}"}

        def settle(values: dict[str, Any]) -> str:
            settled = deliveries.settle_many(
                act=act,
                ids=ids,
                handler=handler or None,
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            if act == "retry":
                told = ngettext(
                    "%(count)d delivery is tried again now.",
                    "%(count)d deliveries are tried again now.",
                    settled,
                )
            else:
                told = ngettext(
                    "%(count)d delivery was dropped.", "%(count)d deliveries were dropped.", settled
                )
            return told % {"count": settled}

        return ask(
            self,
            request,
            title=f"{_TITLES[act]()}: {said}",
            form_class=ReasonForm,
            act=settle,
            done=reverse("admin:kernel_delivery_changelist"),
            explain=_EXPLAINED[act](),
            button=_TITLES[act](),
            dangerous=act == "drop",
            tables=[_touched(handler, ids, dead)],
        )


def _try_again() -> str:
    return _("Try again")


def _drop() -> str:
    return _("Drop")


_TITLES = {"retry": _try_again, "drop": _drop}
_SAID = {
    "retry": lambda: _("It will be tried at once."),
    "drop": lambda: _("It will not be tried again."),
}
_EXPLAINED = {
    "retry": lambda: _("All attempts start anew. What has been done already is not done twice."),
    "drop": lambda: _("What is missing stays missing. This cannot be undone."),
}


def _touched(handler: str, ids: Sequence[int], dead: Sequence[deliveries.Dead]) -> Table:
    """Say what a press of the button will touch."""
    if ids:
        found = models.Delivery.objects.filter(pk__in=ids).select_related("event")[:20]
        rows: list[list[object]] = [
            [reaction_word(row.handler), event_word(row.event.name), row.last_error or "–"]
            for row in found
        ]
        headers = [_("Reaction"), _("Event"), _("Last error")]
    else:
        rows = [
            [reaction_word(row.handler), f"{row.count:,}", reaction_owed(row.handler) or "–"]
            for row in dead
            if handler in ("", row.handler)
        ]
        headers = [_("Reaction"), _("Dead"), _("What is missing")]
    return Table(title=_("It touches"), headers=headers, rows=rows, empty=_("Nothing is dead."))


def _tell(row: models.Delivery) -> str:
    """Tell how far a delivery has come, in a sentence."""
    told = {"when": when(row.settled_at or row.due_at), "attempts": row.attempts}
    if row.state == State.DONE:
        return _("Done on %(when)s.") % told
    if row.state == State.DROPPED:
        return _("Dropped on %(when)s; the audit log has the reason.") % told
    if row.state == State.DEAD:
        return _("Failed %(attempts)d times, the last time on %(when)s.") % told
    if row.attempts:
        return _("Failed %(attempts)d times; it is tried again on %(when)s.") % told
    return _("Waits for a worker since %(when)s.") % told


def _advice(row: models.Delivery) -> str:
    if row.last_error.startswith("kernel.worker_lost"):
        return _("The worker dies of it each time: look for memory or a crash in its log.")
    if row.last_error.startswith("kernel.handler_gone"):
        return _("This version has no such reaction any more: drop it.")
    return _("Mend what the last error names, then try again. Drop it if it no longer matters.")


def _waiting() -> str:
    count = deliveries.count_waiting()
    if not count:
        return _("Nothing waits either.")
    return _("%(count)s wait for their turn.") % {"count": f"{count:,}"}


def _numbers(text: str | None) -> list[int]:
    parts = (text or "").split(",")
    return [int(part) for part in parts if part.isdecimal() and len(part) < 19][:_MOST_CHOSEN]
