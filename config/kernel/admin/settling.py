"""Console: try what failed again, or give it up; one, some or all of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.kernel import clock, deliveries, models, numerals
from config.kernel.console import (
    ReadOnlyAdmin,
    ReasonForm,
    Table,
    action,
    actor,
    ask,
    change,
    found_or_404,
)
from config.kernel.deliveries import Act
from config.kernel.happenings import event_word, reaction_owed, reaction_word

State = models.Delivery.State

# More than these in one address would be refused on the way.
_MOST_CHOSEN = 200


class Settling(ReadOnlyAdmin):
    """The buttons of the screen of deliveries."""

    actions = ("retry_chosen", "drop_chosen")
    actions_detail = ("retry", "drop")
    actions_list = ("retry_all", "drop_all")

    def has_settle_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Show the buttons on what is not settled."""
        if not self.has_operate_permission(request):
            return False
        found = self.get_object(request, str(object_id)) if object_id else None
        return found is None or found.state in (State.WAITING, State.DEAD)

    @action(title=gettext_lazy("Try again"), path="retry", icon="replay", permission="settle")
    def retry(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._one(request, object_id, "retry")

    @action(title=gettext_lazy("Drop"), path="drop", icon="delete", permission="settle")
    def drop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._one(request, object_id, "drop")

    def _one(self, request: HttpRequest, object_id: str, act: Act) -> HttpResponse:
        delivery = found_or_404(self, request, object_id)
        service = {"retry": deliveries.retry_delivery, "drop": deliveries.drop_delivery}[act]
        return change(
            self,
            request,
            delivery,
            title=_TITLES[act](),
            run=partial(service, delivery_id=delivery.pk),
            said=_SAID[act](),
            explain=_EXPLAINED[act](),
            button=_TITLES[act](),
            dangerous=act == "drop",
            tables=self.tables(request, delivery),
        )

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


def _numbers(text: str | None) -> list[int]:
    read = (numerals.read(part) for part in (text or "").split(","))
    return [number for number in read if number is not None][:_MOST_CHOSEN]
