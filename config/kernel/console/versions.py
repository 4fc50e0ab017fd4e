"""Versions of rules as they are shown: their state, who wrote them, what differs, their history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import numerals
from config.kernel.console.columns import badge, by_word
from config.kernel.console.names import name_actors, programme_name, programme_words
from config.kernel.console.places import record_url, when
from config.kernel.console.screens import ReadOnlyAdmin
from config.kernel.console.tables import Link, Table

_HISTORY = 30


def state_words() -> dict[str, str]:
    """Return what a version can be, as it is stored: a replaced one is a published one, too."""
    return {"draft": _("Draft"), "published": _("Published")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing a version says. `key` finds the same thing in another version."""

    key: str
    label: str
    value: str


class VersionsAdmin(ReadOnlyAdmin):
    """A list of versions, and one of them beside another."""

    # Columns of the list that sum a version up.
    summary: ClassVar[tuple[str, ...]] = ()
    ordering = ("programme_id", "-version")
    list_filter = (by_word("programme_id", programme_words), by_word("state", state_words))
    list_select_related: ClassVar[Any] = False

    def in_force(self, programme_id: int) -> Any | None:
        """Return the version in force now."""
        return self.versions(programme_id).filter(state="published").first()

    def facts(self, version: Any) -> Sequence[Fact]:
        """Return what a version says, in words."""
        raise NotImplementedError

    def warnings(self, version: Any) -> Sequence[str]:
        """Return what to look at before publishing."""
        return ()

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        said = ("shown_state", "programme", *self.summary, "published_at", "drafted_name")
        return ("shown_version", *said)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        published = ("published_name", "published_at") if obj and obj.published_at else ()
        return ("programme", "state_word", "drafted_name", "drafted_at", *published, "reason")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.get_fields(request, obj)

    def attach(self, rows: list[Any]) -> None:
        """Name who wrote and who published each version; see which is in force."""
        present = {key: self.in_force(key) for key in {row.programme_id for row in rows}}
        who = name_actors([name for row in rows for name in (row.drafted_by, row.published_by)])
        for row in rows:
            row.drafted_name = who.get(row.drafted_by, row.drafted_by)
            row.published_name = who.get(row.published_by, row.published_by)
            holds = present[row.programme_id]
            row.holds = holds is not None and holds.pk == row.pk

    @admin.display(description=gettext_lazy("version"), ordering="version")
    def shown_version(self, obj: Any) -> str:
        return _("Version %(version)s") % {"version": obj.version}

    @admin.display(description=gettext_lazy("programme"))
    def programme(self, obj: Any) -> str:
        return programme_name(obj.programme_id)

    @admin.display(description=gettext_lazy("drafted by"))
    def drafted_name(self, obj: Any) -> str:
        return str(obj.drafted_name)

    @admin.display(description=gettext_lazy("published by"))
    def published_name(self, obj: Any) -> str:
        return str(obj.published_name)

    @badge(
        title=gettext_lazy("state"),
        colors={"published": "success", "draft": "info", "replaced": "default"},
    )
    def shown_state(self, obj: Any) -> tuple[str, str]:
        return self.state_of(obj)

    @admin.display(description=gettext_lazy("state"))
    def state_word(self, obj: Any) -> str:
        return self.state_of(obj)[1]

    def state_of(self, obj: Any) -> tuple[str, str]:
        """Return the state of a version as code and word: draft, in force, or replaced."""
        if obj.published_at is None:
            return "draft", _("Draft")
        return ("published", _("In force")) if obj.holds else ("replaced", _("Replaced"))

    def tables(self, request: HttpRequest, obj: Any) -> list[Table]:
        """Show what a version says beside another one, and the history of versions."""
        warned = self.warned(obj) if obj.state == "draft" else []
        return [*warned, *self.compared(obj, self._asked(request, obj)), self._history(obj)]

    def _asked(self, request: HttpRequest, version: Any) -> Any | None:
        number = numerals.read(request.GET.get("with"), digits=9)
        if number is None:
            return None
        return self.versions(version.programme_id).filter(version=number).first()

    def compared(self, version: Any, other: Any | None = None) -> list[Table]:
        """Put a version beside another: the one asked for, in force, or in force before."""
        other = other or self._beside(version)
        self.attach([version, *([other] if other else [])])
        said = {fact.key: fact for fact in self.facts(version)}
        if other is None or other.pk == version.pk:
            rows: list[list[object]] = [[fact.label, fact.value] for fact in said.values()]
            return [Table(title=_("What it says"), headers=[_("Field"), _("Value")], rows=rows)]
        before = {fact.key: fact for fact in self.facts(other)}
        pairs = [(said.get(key), before.get(key)) for key in dict.fromkeys([*said, *before])]
        marked = {
            place
            for place, (now, then) in enumerate(pairs)
            if (now and now.value) != (then and then.value)
        }
        rows = [
            [(now or then).label, then.value if then else "–", now.value if now else "–"]  # type: ignore[union-attr]
            for now, then in pairs
        ]
        return [
            Table(
                title=_("Compared with version %(version)s: %(state)s")
                % {"version": other.version, "state": self.state_of(other)[1]},
                note=self._differences(len(marked)),
                headers=[
                    _("Field"),
                    _("Version %(version)s") % {"version": other.version},
                    _("Version %(version)s") % {"version": version.version},
                ],
                rows=rows,
                marked=marked,
            )
        ]

    def _differences(self, count: int) -> str:
        if not count:
            return _("They say the same.")
        return _("What differs is marked: %(count)d fields.") % {"count": count}

    def _beside(self, version: Any) -> Any | None:
        present = self.in_force(version.programme_id)
        if present is not None and present.pk != version.pk:
            return present
        older = self.versions(version.programme_id).filter(
            version__lt=version.version, published_at__isnull=False
        )
        return older.order_by("-version").first()

    def warned(self, version: Any) -> list[Table]:
        warned = [[warning] for warning in self.warnings(version)]
        if not warned:
            return []
        return [Table(title=_("Look at this before publishing"), headers=[], rows=warned)]

    def _history(self, version: Any) -> Table:
        found = list(self.versions(version.programme_id).order_by("-version")[:_HISTORY])
        self.attach(found)
        here = record_url(self.model, version.pk)
        return Table(
            title=_("History"),
            headers=[_("Version"), _("State"), _("By"), _("When"), _("Reason"), ""],
            rows=[
                [
                    Link(self.shown_version(row), record_url(self.model, row.pk)),
                    self.state_of(row)[1],
                    row.published_name or row.drafted_name,
                    when(row.published_at or row.drafted_at),
                    row.reason,
                    Link(_("Compare"), f"{here}?with={row.version}")
                    if row.pk != version.pk
                    else _("This one"),
                ]
                for row in found
            ],
        )

    def versions(self, programme_id: int) -> Any:
        return self.model._default_manager.filter(programme_id=programme_id)
