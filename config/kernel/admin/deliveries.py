"""Console: reactions that events are owed. The dead ones wait for someone here."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import clock, deliveries, models, words
from config.kernel.admin.settling import Settling
from config.kernel.console import Link, Table, badge, by_word, record_url, when, word
from config.kernel.happenings import event_word, queue_words, reaction_owed, reaction_word

State = models.Delivery.State

words.call(models.Delivery, gettext_lazy("delivery"), gettext_lazy("deliveries"))

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
class DeliveryAdmin(Settling):
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
        rows: list[list[object]] = [[_("The event told"), happened], [_("Where it is"), _tell(obj)]]
        owed = reaction_owed(obj.handler)
        if owed and obj.state in (State.WAITING, State.DEAD):
            rows.append([_("What is missing"), owed])
        if obj.state == State.DEAD:
            rows.append([_("What to do"), _advice(obj)])
        rows.append(
            [_("The event"), Link(obj.event.name, record_url(models.OutboxEvent, obj.event_id))]
        )
        return [Table(title=_("In words"), headers=[], rows=rows)]


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
