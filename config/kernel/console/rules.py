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
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import clock
from config.kernel.console.asking import ReasonForm, actor, ask, found_or_404
from config.kernel.console.columns import action
from config.kernel.console.names import programme_name
from config.kernel.console.places import record_url
from config.kernel.console.tables import Table
from config.kernel.console.versions import VersionsAdmin


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


class RulesAdmin(VersionsAdmin):
    """Rules as versions. The table has programme_id, version, state, who, when and why."""

    editor: ClassVar[type[forms.Form]]
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

    def preview(self, values: dict[str, Any], version: Any) -> Sequence[Table]:
        """Return what the editor's values would do."""
        return ()

    def effects(self, version: Any) -> Sequence[Table]:
        """Return what a stored version would do, for the page that publishes it."""
        return ()

    actions_detail = ("draft", "publish", "restore")

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
            made = self.versions(base.programme_id).get(version=version)
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
            tables=[*self.warned(version), *self.compared(version), *self.effects(version)],
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
            return self._to(self.versions(older.programme_id).get(version=version))

        return ask(
            self,
            request,
            title=_("Put version %(version)s in force again") % {"version": older.version},
            form_class=ReasonForm,
            act=act,
            done=record_url(self.model, older.pk),
            explain=str(self.restoring),
            button=_("Put in force again"),
            tables=[*self.compared(older), *self.effects(older)],
        )

    def _said(self, request: HttpRequest, version: Any, values: dict[str, Any]) -> Said:
        return Said(
            programme_id=version.programme_id,
            actor=actor(request),
            reason=values.pop("reason"),
            now=clock.now(),
        )

    def _to(self, version: Any) -> HttpResponse:
        return HttpResponseRedirect(record_url(self.model, version.pk))
