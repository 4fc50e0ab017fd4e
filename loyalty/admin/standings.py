"""Console: who has which tier, and how members' tiers changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from config.kernel import words
from config.kernel.console import (
    SourcedAdmin,
    SpreadAdmin,
    Table,
    by_word,
    names_codes,
    programme_name,
    programme_words,
    word,
)
from loyalty import models
from loyalty import selectors as loyalty_selectors
from loyalty.admin.amounts import measure_words, shown_amount
from loyalty.errors import LadderNotFoundError
from loyalty.types import Measure, Why
from members.programmes import selectors as programmes_selectors

words.call(models.TierChange)
words.call(models.MemberTier)


def tier_names(programme_id: int) -> dict[str, str]:
    """Return what the tiers of the ladder in force are called, in the operator's language."""
    try:
        tiers = loyalty_selectors.get_ladder(programme_id=programme_id).tiers
    except LadderNotFoundError:
        return {}
    chinese = (get_language() or "").startswith("zh")
    return {tier.code: tier.name_zh if chinese else tier.name_en for tier in tiers}


def tier_words() -> dict[str, str]:
    """Return every tier in force, for filters."""
    found: dict[str, str] = {}
    for programme in programmes_selectors.list_programmes():
        for code, name in tier_names(programme.id).items():
            found.setdefault(code, name)
    return found


names_codes("tier", tier_words)


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


class _InProgramme(SpreadAdmin):
    """Rows of one programme each, with its tiers by name."""

    @admin.display(description=gettext_lazy("programme"))
    def programme(self, obj: Any) -> str:
        return programme_name(obj.programme_id)


@admin.register(models.MemberTier)
class MemberTierAdmin(_InProgramme):
    """Who has which tier, since when and until when."""

    list_display = ("member", "programme", "tier", "since", "until", "ladder_version")
    # A link around the member's own link would be an empty one.
    list_display_links = ("tier",)
    list_filter = (by_word("tier_code", tier_words), by_word("programme_id", programme_words))
    fields = list_display
    readonly_fields = fields

    @admin.display(description=gettext_lazy("tier"))
    def tier(self, obj: models.MemberTier) -> str:
        return tier_names(obj.programme_id).get(obj.tier_code, obj.tier_code)


@admin.register(models.TierChange)
class TierChangeAdmin(_InProgramme, SourcedAdmin):
    """How members' tiers changed, and on which figures."""

    list_display = (
        "occurred_at",
        "member",
        "before",
        "after",
        "shown_why",
        "shown_source",
        "until",
    )
    list_filter = (by_word("why", why_words), by_word("programme_id", programme_words))
    shown_why = word("why", why_words, title=gettext_lazy("why"))
    newest_first = ("-occurred_at", "-id")
    exclude = ("source", "from_code", "to_code", "why", "programme_id", "number", "inputs")
    readonly_fields = ("before", "after", "shown_why", "programme", "shown_source")

    def tables(self, request: HttpRequest, obj: models.TierChange) -> list[Table]:
        """Show the figures that the change rests on."""
        figures = obj.inputs
        amount, threshold = figures["amount"], figures["threshold"]
        measure = Measure(figures["measure"])
        currency = programmes_selectors.get_programme(obj.programme_id).currency
        return [
            Table(
                title=_("The figures it rests on"),
                headers=[],
                rows=[
                    [_("What counts"), dict(measure_words()).get(measure, measure)],
                    [_("Days"), f"{figures['from']} – {figures['to']}"],
                    [_("Counted"), shown_amount(amount, measure, currency)],
                    [
                        _("The tier starts at"),
                        shown_amount(threshold, measure, currency),
                    ],
                ],
            )
        ]

    @admin.display(description=gettext_lazy("from"))
    def before(self, obj: models.TierChange) -> str:
        return tier_names(obj.programme_id).get(obj.from_code, obj.from_code)

    @admin.display(description=gettext_lazy("to"))
    def after(self, obj: models.TierChange) -> str:
        return tier_names(obj.programme_id).get(obj.to_code, obj.to_code)
