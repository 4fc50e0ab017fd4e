"""Console: the forms of a correction by hand, and what they say before it is made."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from config.kernel.console import ReasonForm, Table, refusal
from config.kernel.errors import DomainError
from points import selectors, services
from points.admin.wording import currency_words
from points.types import Correction, Rehearsal

# None: this very form was carried out already, and is only sent again.
Rehearse = Callable[[dict[str, Any]], Rehearsal | None]


def reason_choices() -> list[tuple[str, str]]:
    """Return the reasons to choose from, in the operator's language."""
    chinese = (get_language() or "").startswith("zh")
    found = [(r.code, r.name_zh if chinese else r.name_en) for r in selectors.list_reasons()]
    return [("", _("Choose a reason")), *found]


class CorrectionForm(ReasonForm):
    """A correction by hand; what the ledger would refuse is said at the figure."""

    points = forms.IntegerField(
        label=gettext_lazy("Points"),
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("Below zero takes points away."),
    )
    code = forms.ChoiceField(
        label=gettext_lazy("What for"), choices=reason_choices, widget=UnfoldAdminSelectWidget
    )
    # The form carries its own key, so that a double click corrects once.
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    field_order = ("currency", "points", "code", "reason")

    rehearse: Rehearse | None = None

    def clean_points(self) -> int:
        """Refuse a correction of nothing."""
        points = int(self.cleaned_data["points"])
        if not points:
            raise forms.ValidationError(_("Zero corrects nothing."))
        return points

    def clean(self) -> dict[str, Any]:
        """Ask the ledger whether it would do it."""
        values = dict(super().clean() or {})
        if {"points", "key"} <= values.keys() and self.rehearse is not None:
            try:
                values["rehearsal"] = self.rehearse(values)
            except DomainError as error:
                self.add_error("points", refusal(error))
        return values


class MemberCorrectionForm(CorrectionForm):
    """A correction from the member's page: of which currency is chosen too."""

    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        choices=lambda: list(currency_words().items()),
        widget=UnfoldAdminSelectWidget,
    )


class ReversalForm(CorrectionForm):
    """How much of an entry to reverse."""

    points = forms.IntegerField(
        label=gettext_lazy("Points to reverse"),
        min_value=1,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("All that is left of the entry, or a part of it."),
    )


def with_rehearsal(form_class: type[CorrectionForm], rehearse: Rehearse) -> type[CorrectionForm]:
    """Return the form with the ledger behind it."""
    # A plain function on a class would be bound to the form.
    return type(form_class.__name__, (form_class,), {"rehearse": staticmethod(rehearse)})


def fresh(**more: Any) -> dict[str, Any]:
    """Return what a form opens with."""
    return {"key": secrets.token_hex(8), **more}


def previewed(values: dict[str, Any]) -> Sequence[Table]:
    """Tell the figures before and after, and whether somebody else has to agree."""
    found: Rehearsal | None = values.get("rehearsal")
    if found is None:
        return []
    figures = (
        (_("Available"), found.before.available, found.after.available),
        (_("Pending"), found.before.pending, found.after.pending),
        (_("Set aside"), found.before.held, found.after.held),
        (_("Owed"), found.before.debt, found.after.debt),
    )
    return [
        Table(
            title=_("Before and after"),
            headers=[_("Figure"), _("Before"), _("After")],
            rows=[
                [name, f"{before:,}", f"{after:,}"]
                for name, before, after in figures
                if before or after or name == figures[0][0]
            ],
        ),
        Table(
            title=_("You can do this alone") if found.alone else _("A second person has to agree"),
            headers=[_("Your limit for a member and day"), _("Used today")],
            rows=[[f"{found.limit:,}", f"{found.used:,}"]],
        ),
    ]


def said(done: Correction) -> str:
    """Return what to say when it is done, or waits."""
    if done.posted is None:
        return _("It is above your limit and waits for a second person.")
    return _("Corrected by %(points)s.") % {"points": f"{done.posted.points:+,}"}


def correct(values: dict[str, Any], **where: Any) -> str:
    """Correct as the form says."""
    done = services.correct(
        points=values["points"],
        code=values["code"],
        reason=values["reason"],
        key=values["key"],
        **where,
    )
    return said(done)
