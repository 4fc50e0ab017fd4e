"""Console: who did what, to what, and why."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import models, words
from config.kernel.admin.targets import target_word
from config.kernel.console import (
    ReadOnlyAdmin,
    Table,
    by_word,
    name_actors,
    names_actors,
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

    @admin.display(description=gettext_lazy("by"), ordering="actor")
    def who(self, obj: Any) -> str:
        return str(obj.actor_name)

    @admin.display(description=gettext_lazy("target"))
    def what(self, obj: models.AuditRecord) -> str:
        return target_word(obj.target)

    def tables(self, request: HttpRequest, obj: models.AuditRecord) -> list[Table]:
        before, after = _flat(obj.before), _flat(obj.after)
        if not before and not after:
            return []
        keys = list(dict.fromkeys([*after, *before]))
        return [
            Table(
                title=_("Before and after"),
                headers=[_("Field"), _("Before"), _("After")],
                rows=[
                    [str(words.column(key)), before.get(key, "–"), after.get(key, "–")]
                    for key in keys
                ],
                marked={n for n, key in enumerate(keys) if before.get(key) != after.get(key)}
                if before and after
                else (),
            )
        ]


def _flat(values: Any) -> dict[str, str]:
    if not isinstance(values, dict):
        return {}
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> str:
    """Write a value as one reads it, not as code does."""
    if value is None or value == [] or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{words.column(key)}: {_plain(one)}" for key, one in value.items())
    return str(value)
