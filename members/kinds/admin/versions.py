"""Console: the kinds of member as versions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget

from config.kernel import clock
from config.kernel.console import (
    Fact,
    ReasonForm,
    RulesAdmin,
    Said,
    Table,
    action,
    actor,
    ask,
    programme_words,
)
from members.kinds import models, selectors, services, versions
from members.kinds.admin import wording
from members.kinds.admin.form import KindsForm
from members.kinds.types import Entry, Kind, KindDraft, Level, Proof
from members.programmes import selectors as programmes_selectors


class ProgrammeForm(ReasonForm):
    """Which programme begins with the usual kinds."""

    programme = forms.ChoiceField(
        label=gettext_lazy("Programme"),
        choices=lambda: list(programme_words().items()),
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ("programme", "reason")


@admin.register(models.KindsVersion)
class KindsVersionAdmin(RulesAdmin):
    """Kinds of member: write a version, compare, publish it."""

    editor = KindsForm
    summary = ("kind_list",)
    icon = "category"
    actions_list = ("begin",)
    publishing = gettext_lazy(
        "It replaces the kinds in force. Who is of a kind stays so until its date; who has"
        " spent enough for a new one becomes one of it soon after."
    )
    nothing_yet = gettext_lazy("No programme has kinds of member yet: begin with the usual ones.")

    @admin.display(description=gettext_lazy("kinds"))
    def kind_list(self, obj: models.KindsVersion) -> str:
        language = get_language() or ""
        return " · ".join(kind.name(language) for kind in versions.of_row(obj).kinds)

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("rows")

    def editing(self, version: models.KindsVersion) -> dict[str, Any]:
        return {"currency": programmes_selectors.get_programme(version.programme_id).currency}

    def opened(self, version: models.KindsVersion) -> dict[str, Any]:
        digits = wording.digits_of(version.programme_id)
        return {
            "kinds": [
                {
                    "code": kind.code,
                    "name_zh": kind.name_zh,
                    "name_en": kind.name_en,
                    "entry": kind.entry.value,
                    "threshold": f"{Decimal(kind.threshold).scaleb(-digits).normalize():f}",
                    "validity_months": kind.validity_months,
                    "proof": kind.proof.value,
                    "by_operator": kind.by_operator,
                    "service_level": kind.service_level.value,
                    "group_size": kind.group_size,
                }
                for kind in versions.of_row(version).kinds
            ]
        }

    def drafted(self, values: dict[str, Any], version: models.KindsVersion) -> list[KindDraft]:
        digits = wording.digits_of(version.programme_id)
        return [
            KindDraft(
                code=row["code"],
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                entry=Entry(row["entry"]),
                threshold=int((row["threshold"] or Decimal(0)).scaleb(digits)),
                validity_months=row["validity_months"],
                proof=Proof(row["proof"]),
                by_operator=row["by_operator"],
                service_level=Level(row["service_level"]),
                group_size=row["group_size"],
            )
            for row in values["kinds"]
        ]

    def kept(self, version: models.KindsVersion) -> Sequence[KindDraft]:
        return versions.of_row(version).kinds

    def write(self, draft: Any, said: Said) -> int:
        return services.draft_kinds(draft=draft, **said.as_words())

    def put_in_force(self, version: int, said: Said) -> Sequence[str]:
        services.publish_kinds(version=version, **said.as_words())
        return []

    def facts(self, version: models.KindsVersion) -> Sequence[Fact]:
        return [
            fact
            for kind in versions.of_row(version).kinds
            for fact in _facts(kind, version.programme_id)
        ]

    def effects(self, version: models.KindsVersion) -> Sequence[Table]:
        codes = {kind.code for kind in versions.of_row(version).kinds}
        gone = [
            [kind.name(get_language() or ""), self._holders(version.programme_id, kind.code)]
            for kind in selectors.get_kinds(programme_id=version.programme_id).kinds
            if kind.code not in codes
        ]
        if not gone:
            return []
        return [
            Table(
                title=_("Kinds that are taken out"),
                note=_("Who is of them stays so until its date, and cannot renew."),
                headers=[_("Kind"), _("Members")],
                rows=gone,
            )
        ]

    def _holders(self, programme_id: int, code: str) -> int:
        rows = models.Membership.objects.filter(
            programme_id=programme_id, kind=code, ended_at__isnull=True
        )
        return rows.count()

    @action(title=gettext_lazy("Begin with the usual kinds"), path="begin", icon="playlist_add")
    def begin(self, request: HttpRequest) -> HttpResponse:
        """Publish the usual kinds in a programme that has none."""

        def act(values: dict[str, Any]) -> str:
            services.install_default_kinds(
                programme_id=int(values["programme"]), actor=actor(request), now=clock.now()
            )
            return _("The programme has kinds of member now.")

        return ask(
            self,
            request,
            title=_("Begin with the usual kinds"),
            form_class=ProgrammeForm,
            act=act,
            done=reverse("admin:kinds_kindsversion_changelist"),
            explain=_(
                "Family, student, enterprise, VIP and super. A programme that has kinds keeps"
                " its own."
            ),
        )


def _facts(kind: Kind, programme_id: int) -> list[Fact]:
    name = kind.name(get_language() or "")
    entry = wording.entries()[kind.entry]
    if kind.entry is Entry.SPEND:
        entry += f" ≥ {wording.amount(kind.threshold, programme_id)}"
    term = _("%(months)d months") % {"months": kind.validity_months}
    decided = _("yes") if kind.by_operator else _("no")
    return [
        Fact(
            key=f"{kind.code}.{key}",
            label=_("%(kind)s: %(field)s") % {"kind": name, "field": label},
            value=value,
        )
        for key, label, value in (
            ("name", _("name"), f"{kind.name_zh} / {kind.name_en} ({kind.code})"),
            ("entry", _("how one enters"), entry),
            ("term", _("valid for"), term if kind.validity_months else _("no end")),
            ("proof", _("proof"), wording.proofs()[kind.proof]),
            ("decided", _("staff decide"), decided),
            ("service", _("service"), wording.levels()[kind.service_level]),
            ("group", _("people in a group"), str(kind.group_size) if kind.is_group else "–"),
        )
    ]
