"""Console: who did what, to what, and why."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import models, words
from config.kernel.console import (
    ReadOnlyAdmin,
    Table,
    by_word,
    name_actors,
    names_actors,
    programme_name,
    sees_all,
    word,
)
from config.kernel.happenings import act_words

words.call(models.AuditRecord, gettext_lazy("audit record"), gettext_lazy("audit log"))


names_actors("command", lambda keys: dict.fromkeys(keys, _("Command line")))


@admin.register(models.AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin):
    """Who did what, to what, and why."""

    list_display = ("recorded_at", "who", "did", "what", "reason")
    list_filter = (by_word("action", act_words),)
    search_fields = ("=target", "=actor")
    search_help_text = gettext_lazy("Target or actor, such as programme:1 or staff:7")
    ordering = ("-id",)
    fields = ("recorded_at", "who", "did", "what", "reason")
    readonly_fields = fields
    did = word("action", act_words, title=gettext_lazy("action"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.AuditRecord]:
        rows: QuerySet[models.AuditRecord] = super().get_queryset(request)
        # The trail speaks of everybody: whoever may not see all members reads none of it.
        return rows if sees_all(request) else rows.none()

    def attach(self, rows: list[Any]) -> None:
        names = name_actors([row.actor for row in rows])
        for row in rows:
            row.actor_name = names.get(row.actor, row.actor)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            self.attach([found])
        return found

    @admin.display(description=gettext_lazy("by"), ordering="actor")
    def who(self, obj: Any) -> str:
        return str(obj.actor_name)

    @admin.display(description=gettext_lazy("target"))
    def what(self, obj: models.AuditRecord) -> str:
        return _target(obj.target)

    def tables(self, request: HttpRequest, obj: models.AuditRecord) -> list[Table]:
        before, after = _flat(obj.before), _flat(obj.after)
        if not before and not after:
            return []
        keys = list(dict.fromkeys([*after, *before]))
        return [
            Table(
                title=_("What changed"),
                headers=[_("Field"), _("Before"), _("After")],
                rows=[[key, before.get(key, "–"), after.get(key, "–")] for key in keys],
                marked={n for n, key in enumerate(keys) if before.get(key) != after.get(key)}
                if before and after
                else (),
            )
        ]


def _target(target: str) -> str:
    """Name the programme of a rule; other targets tell enough by themselves."""
    kind, _colon, rest = target.partition(":")
    programme, slash, version = rest.partition("/")
    named = {
        "ladder": _("Ladder of %(programme)s, version %(version)s"),
        "earn_rules": _("Earn rules of %(programme)s, version %(version)s"),
    }
    if kind in named and slash and programme.isdecimal():
        return named[kind] % {"programme": programme_name(int(programme)), "version": version}
    if kind == "programme" and rest.isdecimal():
        return programme_name(int(rest))
    return target


def _flat(values: Any) -> dict[str, str]:
    if not isinstance(values, dict):
        return {}
    return {key: str(value) for key, value in values.items()}
