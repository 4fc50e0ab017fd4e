"""Console: ladders as versions, and how members' tiers changed."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from config.kernel import clock, words
from config.kernel.console import (
    ReadOnlyAdmin,
    ReasonForm,
    SpreadAdmin,
    Table,
    action,
    actor,
    ask,
    badge,
    by_word,
    found_or_404,
    record_url,
    word,
)
from loyalty import models, services
from loyalty import selectors as loyalty_selectors
from loyalty.errors import LadderNotFoundError
from loyalty.types import LadderDraft, Measure, TierDraft, Why
from members.programmes import selectors as programmes_selectors

words.call(models.TierChange)
words.call(models.MemberTier)


def measure_words() -> list[tuple[str, str]]:
    """Return what a ladder can measure, in words."""
    return [
        (Measure.ROLLING_SPEND.value, _("Net spend of the last 12 months")),
        (Measure.CALENDAR_SPEND.value, _("Net spend of the calendar year")),
        (Measure.GROWTH.value, _("Growth of the last 12 months")),
    ]


class LadderForm(ReasonForm):
    """A new version of a ladder, a line for each tier."""

    measure = forms.ChoiceField(
        label=gettext_lazy("What counts"), choices=measure_words, widget=UnfoldAdminSelectWidget
    )
    validity_months = forms.IntegerField(
        label=gettext_lazy("A tier is valid for, months"),
        min_value=1,
        max_value=120,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    grace_days = forms.IntegerField(
        label=gettext_lazy("Grace, days"),
        min_value=0,
        max_value=366,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    steps_down = forms.IntegerField(
        label=gettext_lazy("Levels lost at most (0: any number)"),
        min_value=0,
        max_value=9,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    tiers = forms.CharField(
        label=gettext_lazy("Tiers, lowest first"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 7, "class": "font-mono"}),
        help_text=gettext_lazy(
            "One a line: code, Chinese name, English name, threshold in minor units"
            " (fen) or growth, points multiplier; with commas between."
        ),
    )
    field_order = ("measure", "validity_months", "grace_days", "steps_down", "tiers", "reason")

    def clean_tiers(self) -> list[TierDraft]:
        """Read the lines; a wrong one is named by its number."""
        return [
            _tier(number, line)
            for number, line in enumerate(self.cleaned_data["tiers"].splitlines(), start=1)
            if line.strip()
        ]


def _tier(number: int, line: str) -> TierDraft:
    parts = [part.strip() for part in re.split(r"[,，]", line)]
    try:
        code, name_zh, name_en, threshold, multiplier = parts
        return TierDraft(
            code=code,
            name_zh=name_zh,
            name_en=name_en,
            threshold=int(threshold),
            multiplier=Fraction(multiplier),
        )
    except (ValueError, ZeroDivisionError):
        raise forms.ValidationError(
            _("Line %(number)s is not five values with commas between: %(line)s")
            % {"number": number, "line": line}
        ) from None


@admin.register(models.LadderVersion)
class LadderVersionAdmin(ReadOnlyAdmin):
    """Ladders: draft a version, compare it, publish it."""

    list_display = (
        "programme",
        "version",
        "shown_state",
        "shown_measure",
        "validity_months",
        "drafted_by",
        "published_at",
    )
    list_filter = ("state",)
    ordering = ("programme_id", "-version")
    fields = (
        "programme",
        "version",
        "state",
        "shown_measure",
        "validity_months",
        "grace_days",
        "steps_down",
        "drafted_by",
        "drafted_at",
        "published_by",
        "published_at",
        "reason",
    )
    readonly_fields = fields
    actions_detail = ("draft", "publish", "restore")

    @admin.display(description=gettext_lazy("programme"))
    def programme(self, obj: models.LadderVersion) -> str:
        return programmes_selectors.get_programme(obj.programme_id).code

    @admin.display(description=gettext_lazy("measure"))
    def shown_measure(self, obj: models.LadderVersion) -> str:
        return dict(measure_words()).get(obj.measure, obj.measure)

    @badge(
        title=gettext_lazy("state"),
        colors={"published": "success", "draft": "info", "replaced": "warning"},
    )
    def shown_state(self, obj: models.LadderVersion) -> tuple[str, str]:
        return obj.state, obj.get_state_display()

    @action(title=gettext_lazy("New version from this"), path="draft", icon="edit_note")
    def draft(self, request: HttpRequest, object_id: str) -> HttpResponse:
        base = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            version = services.draft_ladder(
                programme_id=base.programme_id,
                draft=LadderDraft(
                    tiers=values["tiers"],
                    measure=Measure(values["measure"]),
                    validity_months=values["validity_months"],
                    grace_days=values["grace_days"],
                    steps_down=values["steps_down"],
                ),
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("Version %(version)s is a draft now. Look at it, then publish.") % {
                "version": version
            }

        return ask(
            self,
            request,
            title=_("New version of the ladder"),
            form_class=LadderForm,
            initial={
                "measure": base.measure,
                "validity_months": base.validity_months,
                "grace_days": base.grace_days,
                "steps_down": base.steps_down,
                "tiers": "\n".join(_line(tier) for tier in base.tiers.order_by("rank")),
            },
            act=act,
            done=reverse("admin:loyalty_ladderversion_changelist"),
            button=_("Keep as a draft"),
        )

    @action(title=gettext_lazy("Publish"), path="publish", icon="publish")
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            warnings = services.publish_ladder(
                programme_id=version.programme_id,
                version=version.version,
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            for warning in warnings:
                messages.warning(request, warning.detail)
            return _("Version %(version)s is in force.") % {"version": version.version}

        return ask(
            self,
            request,
            title=_("Publish version %(version)s") % {"version": version.version},
            form_class=ReasonForm,
            act=act,
            done=record_url(models.LadderVersion, version.pk),
            explain=_("It replaces the ladder in force; members move as they are next looked at."),
            button=_("Publish"),
        )

    @action(title=gettext_lazy("Put in force again"), path="restore", icon="history")
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        older = found_or_404(self, request, object_id)

        @transaction.atomic
        def act(values: dict[str, Any]) -> str:
            said: dict[str, Any] = {
                "programme_id": older.programme_id,
                "actor": actor(request),
                "reason": values["reason"],
                "now": clock.now(),
            }
            version = services.draft_ladder(draft=_draft_of(older), **said)
            services.publish_ladder(version=version, **said)
            return _("Version %(version)s is in force, with the tiers of version %(older)s.") % {
                "version": version,
                "older": older.version,
            }

        return ask(
            self,
            request,
            title=_("Put the ladder of version %(version)s in force again")
            % {"version": older.version},
            form_class=ReasonForm,
            act=act,
            done=reverse("admin:loyalty_ladderversion_changelist"),
            explain=_("It becomes a new version; members move as they are next looked at."),
            button=_("Put in force again"),
        )

    def tables(self, request: HttpRequest, obj: models.LadderVersion) -> list[Table]:
        in_force = models.LadderVersion.objects.filter(
            programme_id=obj.programme_id, state=models.LadderVersion.State.PUBLISHED
        ).first()
        shown = [_tier_table(_("Tiers"), obj)]
        if in_force is not None and in_force.pk != obj.pk:
            title = _("In force now: version %(version)s") % {"version": in_force.version}
            shown.append(_tier_table(title, in_force))
        rungs = list(obj.tiers.order_by("rank"))
        warned = [[warning.detail] for warning in services.warnings_of(tiers=rungs)]
        if warned:
            shown.append(Table(title=_("Look at this before publishing"), headers=[], rows=warned))
        return shown


def _draft_of(row: models.LadderVersion) -> LadderDraft:
    return LadderDraft(
        tiers=[
            TierDraft(
                code=tier.code,
                name_zh=tier.name_zh,
                name_en=tier.name_en,
                threshold=tier.threshold,
                multiplier=Fraction(tier.multiplier),
            )
            for tier in row.tiers.order_by("rank")
        ],
        measure=Measure(row.measure),
        validity_months=row.validity_months,
        grace_days=row.grace_days,
        steps_down=row.steps_down,
    )


def _line(tier: models.LadderTier) -> str:
    factor = f"{tier.multiplier.normalize():f}"
    return ", ".join([tier.code, tier.name_zh, tier.name_en, str(tier.threshold), factor])


def _tier_table(title: str, ladder: models.LadderVersion) -> Table:
    return Table(
        title=title,
        headers=[
            _("Code"),
            _("Name in Chinese"),
            _("Name in English"),
            _("Threshold"),
            _("Points multiplier"),
        ],
        rows=[
            [t.code, t.name_zh, t.name_en, t.threshold, f"× {t.multiplier.normalize():f}"]
            for t in ladder.tiers.order_by("rank")
        ],
    )


def why_words() -> dict[str, str]:
    """Return why tiers change."""
    return {
        Why.UPGRADED: _("Reached"),
        Why.RENEWED: _("Kept for another year"),
        Why.PROTECTED: _("Time of grace"),
        Why.DOWNGRADED: _("Run out"),
        Why.REFUNDED: _("Refunded"),
        Why.REMAPPED: _("Ladder changed"),
    }


@admin.register(models.MemberTier)
class MemberTierAdmin(SpreadAdmin):
    """Who has which tier, since when and until when."""

    list_display = ("member", "programme", "tier", "since", "until", "ladder_version")
    list_filter = ("tier_code", "programme_id")
    fields = list_display
    readonly_fields = fields

    @admin.display(description=gettext_lazy("programme"))
    def programme(self, obj: models.MemberTier) -> str:
        return programmes_selectors.get_programme(obj.programme_id).code

    @admin.display(description=gettext_lazy("tier"))
    def tier(self, obj: models.MemberTier) -> str:
        return tier_name(obj.programme_id, obj.tier_code)


def tier_name(programme_id: int, code: str) -> str:
    """Return what a tier of the ladder in force is called, in the operator's language."""
    try:
        tiers = loyalty_selectors.get_ladder(programme_id=programme_id).tiers
    except LadderNotFoundError:
        return code
    chinese = (get_language() or "").startswith("zh")
    found = {tier.code: tier.name_zh if chinese else tier.name_en for tier in tiers}
    return found.get(code, code)


@admin.register(models.TierChange)
class TierChangeAdmin(SpreadAdmin):
    """How members' tiers changed, and on which figures."""

    list_display = ("occurred_at", "member", "from_code", "to_code", "shown_why", "source", "until")
    list_filter = (by_word("why", why_words),)
    shown_why = word("why", why_words, title=gettext_lazy("why"))
    newest_first = ("-occurred_at", "-id")
