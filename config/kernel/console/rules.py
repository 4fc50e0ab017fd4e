"""The screen of rules kept as versions: draft, look, compare, publish, undo.

A kind of rules (ladders, earn rules, a mall's prices, a debt policy) subclasses
`RulesAdmin` and says six things: the form that edits it, what the form opens with, the
draft it makes, how a draft is written and published, and its facts in words. Comparing,
publishing, history and putting an older version in force again are the same for all.
CONTRIBUTING tells how to add one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import clock
from config.kernel.console.asking import ReasonForm, actor, ask, found_or_404
from config.kernel.console.columns import action, badge, by_word
from config.kernel.console.names import name_actors, programme_name, programme_words
from config.kernel.console.places import record_url, when
from config.kernel.console.screens import ReadOnlyAdmin
from config.kernel.console.tables import Link, Table

_HISTORY = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing a version says. `key` finds the same thing in another version."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who writes or publishes a version, why and when: what every service is given."""

    programme_id: int
    actor: str
    reason: str
    now: datetime

    def as_words(self) -> dict[str, Any]:
        """Return it as keyword arguments of a service."""
        return {
            "programme_id": self.programme_id,
            "actor": self.actor,
            "reason": self.reason,
            "now": self.now,
        }


class RulesAdmin(ReadOnlyAdmin):
    """Rules as versions. The table has programme_id, version, state, who, when and why."""

    # What a kind of rules says of itself -------------------------------------------------
    editor: ClassVar[type[forms.Form]]
    summary: ClassVar[tuple[str, ...]] = ()
    publishing: ClassVar[Any] = gettext_lazy("It holds from the moment it is published.")
    restoring: ClassVar[Any] = gettext_lazy("It becomes a new version; history stays as it is.")

    def editing(self, version: Any) -> dict[str, Any]:
        """Return further keyword arguments of the editor (a currency, choices)."""
        return {}

    def opened(self, version: Any) -> dict[str, Any]:
        """Return what the editor opens with."""
        raise NotImplementedError

    def drafted(self, values: dict[str, Any], version: Any) -> Any:
        """Return the draft that the editor's values make."""
        raise NotImplementedError

    def kept(self, version: Any) -> Any:
        """Return a stored version as a draft, to put it in force again."""
        raise NotImplementedError

    def write(self, draft: Any, said: Said) -> int:
        """Write a draft down; return its version."""
        raise NotImplementedError

    def put_in_force(self, version: int, said: Said) -> Sequence[str]:
        """Publish a drafted version; return what the operator should know."""
        raise NotImplementedError

    def in_force(self, programme_id: int) -> Any | None:
        """Return the version in force now."""
        return self._versions(programme_id).filter(state="published").first()

    def facts(self, version: Any) -> Sequence[Fact]:
        """Return what a version says, in words."""
        raise NotImplementedError

    def warnings(self, version: Any) -> Sequence[str]:
        """Return what to look at before publishing."""
        return ()

    def preview(self, values: dict[str, Any], version: Any) -> Sequence[Table]:
        """Return what the editor's values would do."""
        return ()

    def effects(self, version: Any) -> Sequence[Table]:
        """Return what a stored version would do, for the page that publishes it."""
        return ()

    # What all kinds share ----------------------------------------------------------------
    ordering = ("programme_id", "-version")
    actions_detail = ("draft", "publish", "restore")
    list_filter = (by_word("programme_id", programme_words), "state")
    list_select_related: ClassVar[Any] = False

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

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            self.attach([found])
        return found

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

    def has_publish_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Show the button on a draft that is newer than what is in force."""
        version = self.get_object(request, str(object_id)) if object_id else None
        return self.has_operate_permission(request) and self._may_publish(version)

    def has_restore_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Show the button on what was in force before."""
        version = self.get_object(request, str(object_id)) if object_id else None
        return self.has_operate_permission(request) and self._may_restore(version)

    def _may_publish(self, version: Any) -> bool:
        if version is None or version.state != "draft":
            return False
        present = self.in_force(version.programme_id)
        return present is None or present.version < version.version

    def _may_restore(self, version: Any) -> bool:
        if version is None or version.published_at is None:
            return False
        present = self.in_force(version.programme_id)
        return present is not None and present.pk != version.pk

    @action(title=gettext_lazy("New version from this"), path="draft", icon="edit_note")
    def draft(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Edit a copy of this version."""
        base = found_or_404(self, request, object_id)
        form = partial(self.editor, **self.editing(base))

        def act(values: dict[str, Any]) -> HttpResponse | str:
            said = self._said(request, base, values)
            version = self.write(self.drafted(values, base), said)
            made = self._versions(base.programme_id).get(version=version)
            messages.success(
                request,
                _("Version %(version)s is a draft now. Look at it, then publish.")
                % {"version": version},
            )
            return self._to(made)

        return ask(
            self,
            request,
            title=_("New version from version %(version)s: %(programme)s")
            % {"version": base.version, "programme": programme_name(base.programme_id)},
            form_class=form,
            initial=self.opened(base),
            act=act,
            done=record_url(self.model, base.pk),
            explain=_("Nothing changes for members until you publish it."),
            button=_("Keep as a draft"),
            preview=lambda values: self.preview(values, base),
        )

    @action(title=gettext_lazy("Publish"), path="publish", icon="publish", permission="publish")
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put a draft in force."""
        version = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            said = self._said(request, version, values)
            for warning in self.put_in_force(version.version, said):
                messages.warning(request, warning)
            return _("Version %(version)s is in force.") % {"version": version.version}

        return ask(
            self,
            request,
            title=_("Publish version %(version)s") % {"version": version.version},
            form_class=ReasonForm,
            act=act,
            done=record_url(self.model, version.pk),
            explain=str(self.publishing),
            button=_("Publish"),
            tables=[*self._warned(version), *self._compared(version), *self.effects(version)],
        )

    @action(
        title=gettext_lazy("Put in force again"),
        path="restore",
        icon="history",
        permission="restore",
    )
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Undo by publishing what an older version says."""
        older = found_or_404(self, request, object_id)

        @transaction.atomic
        def act(values: dict[str, Any]) -> HttpResponse:
            said = self._said(request, older, values)
            version = self.write(self.kept(older), said)
            self.put_in_force(version, said)
            messages.success(
                request,
                _("Version %(version)s is in force and says what version %(older)s said.")
                % {"version": version, "older": older.version},
            )
            return self._to(self._versions(older.programme_id).get(version=version))

        return ask(
            self,
            request,
            title=_("Put version %(version)s in force again") % {"version": older.version},
            form_class=ReasonForm,
            act=act,
            done=record_url(self.model, older.pk),
            explain=str(self.restoring),
            button=_("Put in force again"),
            tables=[*self._compared(older), *self.effects(older)],
        )

    def tables(self, request: HttpRequest, obj: Any) -> list[Table]:
        """Show what a version says beside another one, and the history of versions."""
        warned = self._warned(obj) if obj.state == "draft" else []
        return [*warned, *self._compared(obj, self._asked(request, obj)), self._history(obj)]

    def _asked(self, request: HttpRequest, version: Any) -> Any | None:
        number = request.GET.get("with", "")
        if not number.isdecimal() or len(number) > 9:
            return None
        return self._versions(version.programme_id).filter(version=int(number)).first()

    def _compared(self, version: Any, other: Any | None = None) -> list[Table]:
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
        older = self._versions(version.programme_id).filter(
            version__lt=version.version, published_at__isnull=False
        )
        return older.order_by("-version").first()

    def _warned(self, version: Any) -> list[Table]:
        warned = [[warning] for warning in self.warnings(version)]
        if not warned:
            return []
        return [Table(title=_("Look at this before publishing"), headers=[], rows=warned)]

    def _history(self, version: Any) -> Table:
        found = list(self._versions(version.programme_id).order_by("-version")[:_HISTORY])
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

    def _versions(self, programme_id: int) -> Any:
        return self.model._default_manager.filter(programme_id=programme_id)

    def _said(self, request: HttpRequest, version: Any, values: dict[str, Any]) -> Said:
        return Said(
            programme_id=version.programme_id,
            actor=actor(request),
            reason=values.pop("reason"),
            now=clock.now(),
        )

    def _to(self, version: Any) -> HttpResponse:
        return HttpResponseRedirect(record_url(self.model, version.pk))
