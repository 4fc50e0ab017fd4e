"""Console: ladders as versions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib import admin
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from config.kernel import clock
from config.kernel.console import (
    Fact,
    RulesAdmin,
    Said,
    Table,
    find_members,
    name_members,
    when,
)
from config.kernel.money import minor_digits
from loyalty import models, services
from loyalty import selectors as loyalty_selectors
from loyalty.admin.amounts import measure_words, shown_amount
from loyalty.admin.ladderform import LadderForm
from loyalty.types import LadderDraft, LadderPreview, Measure, Tier, TierDraft
from members.programmes import selectors as programmes_selectors


@admin.register(models.LadderVersion)
class LadderVersionAdmin(RulesAdmin):
    """Ladders: write a version, see whom it moves, publish it."""

    editor = LadderForm
    summary = ("shown_measure", "tier_list")
    publishing = gettext_lazy(
        "It replaces the ladder in force. Tiers that are held stand until their date;"
        " what the new ladder grants is granted as members are next looked at."
    )
    restoring = gettext_lazy("It becomes a new version; members move as they are next looked at.")

    @admin.display(description=gettext_lazy("measure"))
    def shown_measure(self, obj: models.LadderVersion) -> str:
        return dict(measure_words()).get(obj.measure, obj.measure)

    @admin.display(description=gettext_lazy("tiers"))
    def tier_list(self, obj: models.LadderVersion) -> str:
        return " · ".join(_name(tier) for tier in _rungs(obj))

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("tiers")

    def editing(self, version: models.LadderVersion) -> dict[str, Any]:
        return {"currency": _currency(version.programme_id)}

    def opened(self, version: models.LadderVersion) -> dict[str, Any]:
        digits = _digits(version)
        return {
            "measure": version.measure,
            "validity_months": version.validity_months,
            "grace_days": version.grace_days,
            "steps_down": version.steps_down,
            "tiers": [
                {
                    "code": tier.code,
                    "name_zh": tier.name_zh,
                    "name_en": tier.name_en,
                    "threshold": _plain(Decimal(tier.threshold).scaleb(-digits)),
                    "multiplier": _plain(tier.multiplier),
                }
                for tier in _rungs(version)
            ],
        }

    def drafted(self, values: dict[str, Any], version: models.LadderVersion) -> LadderDraft:
        measure = Measure(values["measure"])
        digits = _digits_of(measure, version.programme_id)
        return LadderDraft(
            tiers=[
                TierDraft(
                    code=row["code"],
                    name_zh=row["name_zh"],
                    name_en=row["name_en"],
                    threshold=int(row["threshold"].scaleb(digits)),
                    multiplier=Fraction(row["multiplier"]),
                )
                for row in values["tiers"]
            ],
            measure=measure,
            validity_months=values["validity_months"],
            grace_days=values["grace_days"],
            steps_down=values["steps_down"],
        )

    def kept(self, version: models.LadderVersion) -> LadderDraft:
        return LadderDraft(
            tiers=[
                TierDraft(
                    code=tier.code,
                    name_zh=tier.name_zh,
                    name_en=tier.name_en,
                    threshold=tier.threshold,
                    multiplier=Fraction(tier.multiplier),
                )
                for tier in _rungs(version)
            ],
            measure=Measure(version.measure),
            validity_months=version.validity_months,
            grace_days=version.grace_days,
            steps_down=version.steps_down,
        )

    def write(self, draft: LadderDraft, said: Said) -> int:
        version: int = services.draft_ladder(draft=draft, **said.as_words())
        return version

    def put_in_force(self, version: int, said: Said) -> Sequence[str]:
        warnings = services.publish_ladder(version=version, **said.as_words())
        return [warning.detail for warning in warnings]

    def warnings(self, version: models.LadderVersion) -> Sequence[str]:
        return [warning.detail for warning in services.warnings_of(tiers=_rungs(version))]

    def facts(self, version: models.LadderVersion) -> Sequence[Fact]:
        facts = [
            Fact(key="measure", label=_("What counts"), value=self.shown_measure(version)),
            Fact(
                key="validity",
                label=_("A tier is valid for"),
                value=_("%(months)d months") % {"months": version.validity_months},
            ),
            Fact(
                key="grace",
                label=_("Grace"),
                value=_("%(days)s days") % {"days": version.grace_days},
            ),
            Fact(
                key="steps",
                label=_("Levels lost at most"),
                value=str(version.steps_down) if version.steps_down else _("any number"),
            ),
        ]
        for tier in _rungs(version):
            facts += _tier_facts(tier, _shown_amount(version, tier.threshold))
        return facts

    def preview(self, values: dict[str, Any], version: models.LadderVersion) -> Sequence[Table]:
        draft = self.drafted(values, version)
        tables = self._moves(version.programme_id, draft)
        if values.get("member"):
            tables.append(_would_be(version.programme_id, draft, values["member"]))
        warned = [[warning.detail] for warning in services.warnings_of(tiers=draft.tiers)]
        if warned:
            tables.append(Table(title=_("Look at this before publishing"), headers=[], rows=warned))
        return tables

    def effects(self, version: models.LadderVersion) -> Sequence[Table]:
        return self._moves(version.programme_id, self.kept(version))

    def _moves(self, programme_id: int, draft: LadderDraft) -> list[Table]:
        seen = loyalty_selectors.preview_ladder(
            programme_id=programme_id, draft=draft, at=clock.now()
        )
        return [_moves_table(seen)] if seen else []


def _rungs(row: models.LadderVersion) -> list[models.LadderTier]:
    return sorted(row.tiers.all(), key=lambda tier: tier.rank)


def _name(tier: models.LadderTier | Tier) -> str:
    chinese = (get_language() or "").startswith("zh")
    return tier.name_zh if chinese else tier.name_en


def _currency(programme_id: int) -> str:
    return programmes_selectors.get_programme(programme_id).currency


def _digits(version: models.LadderVersion) -> int:
    return _digits_of(Measure(version.measure), version.programme_id)


def _digits_of(measure: Measure, programme_id: int) -> int:
    return 0 if measure is Measure.GROWTH else minor_digits(_currency(programme_id))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _shown_amount(version: models.LadderVersion, amount: int) -> str:
    return shown_amount(amount, Measure(version.measure), _currency(version.programme_id))


def _tier_facts(tier: models.LadderTier, threshold: str) -> list[Fact]:
    name = _name(tier)
    return [
        Fact(
            key=f"{tier.code}.name",
            label=_("%(tier)s: name") % {"tier": name},
            value=f"{tier.name_zh} / {tier.name_en} ({tier.code})",
        ),
        Fact(
            key=f"{tier.code}.threshold",
            label=_("%(tier)s: from") % {"tier": name},
            value=threshold,
        ),
        Fact(
            key=f"{tier.code}.multiplier",
            label=_("%(tier)s: points multiplied by") % {"tier": name},
            value=f"× {_plain(tier.multiplier)}",
        ),
    ]


def _moves_table(seen: LadderPreview) -> Table:
    def about(count: int) -> str:
        return f"≈ {count:,}" if seen.estimated else f"{count:,}"

    rows: list[list[object]] = []
    marked = set()
    for place, (tier, before, after) in enumerate(seen.tiers):
        if before != after:
            marked.add(place)
        change = f"{after - before:+,}" if after != before else "–"
        rows.append([_name(tier), about(before), about(after), change])
    if seen.estimated:
        note = _("Estimated from %(sample)s members of the current books.") % {
            "sample": f"{seen.looked_at:,}"
        }
    else:
        note = _("All %(count)s members who have anything that counts, by the current books.") % {
            "count": f"{seen.looked_at:,}"
        }
    moved = _("Up: %(up)s, down: %(down)s.") % {"up": about(seen.up), "down": about(seen.down)}
    return Table(
        title=_("Members by tier, on the day it is published"),
        note=f"{note} {moved}",
        headers=[_("Tier"), _("Now"), _("Then"), _("Difference")],
        rows=rows,
        marked=marked,
    )


def _would_be(programme_id: int, draft: LadderDraft, text: str) -> Table:
    title = _("This member would be")
    currency = _currency(programme_id)
    rows: list[list[object]] = []
    for member_id in find_members(text)[:3]:
        found = loyalty_selectors.preview_member(
            programme_id=programme_id, draft=draft, member_id=member_id, at=clock.now()
        )
        number, _url = name_members([member_id]).get(member_id, (str(member_id), ""))
        rows.append(
            [
                number,
                _name(found.before),
                _name(found.after),
                when(found.until) if found.until else "–",
                shown_amount(found.amount, draft.measure, currency),
            ]
        )
    return Table(
        title=title,
        headers=[_("Member"), _("Now"), _("Then"), _("Until"), _("Counts today")],
        rows=rows,
        empty=_("Nobody is found by that."),
    )
