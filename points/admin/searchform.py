"""What an operator knows of the entries that are looked for."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from config.kernel import ids
from config.kernel.console import find_members
from config.kernel.errors import NotFoundError
from members import selectors as members_selectors
from members.commerce import selectors as commerce_selectors
from members.programmes import selectors as programmes_selectors
from points.admin.wording import kind_words
from points.selectors.search import EntryFilter


class SearchForm(forms.Form):
    """What is known of the entries that are looked for."""

    member = forms.CharField(
        label=gettext_lazy("Member number, mem_ id, phone or e-mail"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    order = forms.CharField(
        label=gettext_lazy("Order number"), required=False, widget=UnfoldAdminTextInputWidget
    )
    entry = forms.CharField(
        label=gettext_lazy("Entry (ent_…)"), required=False, widget=UnfoldAdminTextInputWidget
    )
    source = forms.CharField(
        label=gettext_lazy("Source"), required=False, widget=UnfoldAdminTextInputWidget
    )
    key = forms.CharField(
        label=gettext_lazy("Idempotency key"), required=False, widget=UnfoldAdminTextInputWidget
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=lambda: [("", _("All")), *kind_words().items()],
        widget=UnfoldAdminSelectWidget,
    )
    rule = forms.CharField(
        label=gettext_lazy("Rule"), required=False, widget=UnfoldAdminTextInputWidget
    )
    least = forms.IntegerField(
        label=gettext_lazy("Points, at least"),
        required=False,
        min_value=-(10**15),
        max_value=10**15,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    most = forms.IntegerField(
        label=gettext_lazy("Points, at most"),
        required=False,
        min_value=-(10**15),
        max_value=10**15,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=gettext_lazy("Through"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )

    def clean_entry(self) -> ids.RowId | None:
        """Read the entry's id."""
        text = self.cleaned_data["entry"].strip()
        if not text:
            return None
        try:
            return ids.decode("ent", text)
        except NotFoundError:
            raise forms.ValidationError(_("This is no id of an entry.")) from None

    def clean_member(self) -> list[int] | None:
        """Find the member, with everyone merged into them."""
        text = self.cleaned_data["member"].strip()
        if not text:
            return None
        found = find_members(text)
        if not found:
            raise forms.ValidationError(_("No member is known by this."))
        return sorted({one for member in found for one in members_selectors.ids_of(member)})

    def clean_order(self) -> tuple[int, str] | None:
        """Find the order in every storefront; return its member and what it is called here."""
        number = self.cleaned_data["order"].strip()
        if not number:
            return None
        for programme in programmes_selectors.list_programmes():
            for shop in programmes_selectors.list_storefronts(programme.id):
                order = commerce_selectors.find_order(external_no=number, storefront_id=shop.id)
                if order is not None:
                    public = ids.encode("ord", member_id=order.member_id, row_id=order.id or 0)
                    return order.member_id, f"order:{public}"
        raise forms.ValidationError(_("No storefront has an order of this number."))

    def clean(self) -> dict[str, Any]:
        """Refuse ranges that hold nothing, and two answers to one question."""
        values = dict(super().clean() or {})
        for low, high in (("least", "most"), ("since", "until")):
            first, last = values.get(low), values.get(high)
            if first is not None and last is not None and first > last:
                self.add_error(high, _("The end lies before the beginning."))
        if values.get("order") and values.get("source"):
            self.add_error("source", _("Give the order or the source, not both."))
        return values

    def told(self) -> EntryFilter:
        """Return what was asked for."""
        values = self.cleaned_data
        members = None if values["member"] is None else tuple(values["member"])
        source, entry = values["source"].strip() or None, values["entry"]
        if values["order"] is not None:
            member, source = values["order"]
            members = (member,) if members is None or member in members else ()
        if entry is not None:
            members = (entry.member_id,) if members is None or entry.member_id in members else ()
        return EntryFilter(
            member_ids=members,
            entry_id=entry.row_id if entry is not None else None,
            source=source,
            key=values["key"].strip() or None,
            kind=values["kind"] or None,
            rule=values["rule"].strip() or None,
            least=values["least"],
            most=values["most"],
            since=_midnight(values["since"]),
            until=_midnight(values["until"], days=1),
        )


def _midnight(day: Any, *, days: int = 0) -> datetime | None:
    if day is None:
        return None
    local = datetime.combine(day + timedelta(days=days), time.min)
    return timezone.make_aware(local, timezone.get_current_timezone())
