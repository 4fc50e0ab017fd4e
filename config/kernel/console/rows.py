"""A field of rows: tiers, rates, multipliers; as many as the operator adds.

`RowsField(row=TierRow)` holds a form for each row. Rows are added, moved and taken away by
buttons that send the whole form, so that it works without scripts and nothing typed is
lost; what is wrong is said at its cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from config.kernel import numerals

BUTTON = "rows"
_COUNT = "count"


class Rows:
    """The rows of one field, as forms of their own."""

    def __init__(self, forms_: Sequence[forms.Form]) -> None:
        self.forms = list(forms_)

    def __iter__(self) -> Iterator[forms.Form]:
        return iter(self.forms)

    def filled(self) -> list[tuple[int, forms.Form]]:
        """Return the rows in which something is written, with their places."""
        return [(place, row) for place, row in enumerate(self.forms) if row.has_changed()]


class RowsWidget(forms.Widget):
    """Draw the rows; read them back from what was sent."""

    template_name = "admin/_rows.html"
    use_fieldset = True
    quiet = False
    _read: Rows | None = None

    def __init__(
        self, *, row: type[forms.Form], add: Any, most: int, ordered: bool, title: Any = ""
    ) -> None:
        super().__init__()
        self.row, self.add, self.most, self.ordered = row, add, most, ordered
        self.title = title
        self.options: dict[str, Any] = {}

    def id_for_label(self, id_: str | None) -> str:
        return ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Rows:
        if self._read is None:
            places = range(min(_number(data.get(f"{name}-{_COUNT}")), self.most))
            self._read = Rows([self._bound(data, name, place) for place in places])
        return self._read

    def _bound(self, data: Any, name: str, place: int) -> forms.Form:
        return self.row(
            data,
            prefix=f"{name}-{place}",
            empty_permitted=True,
            use_required_attribute=False,
            **self.options,
        )

    def _opened(self, values: Sequence[Mapping[str, Any]], name: str) -> Rows:
        return Rows(
            [
                self.row(
                    initial=dict(value),
                    prefix=f"{name}-{place}",
                    use_required_attribute=False,
                    **self.options,
                )
                for place, value in enumerate(values)
            ]
        )

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        rows = value if isinstance(value, Rows) else self._opened(value or [], name)
        if not self.quiet:
            for row in rows:
                _describe_errors(row)
        values = {
            "name": name,
            "rows": rows.forms,
            "count": len(rows.forms),
            "columns": len(self.row.base_fields),
            "button": BUTTON,
            "add": self.add,
            "title": self.title,
            "full": len(rows.forms) >= self.most,
            "ordered": self.ordered,
            "quiet": self.quiet,
        }
        # Marked safe by the template engine, which escaped each value in it.
        return mark_safe(render_to_string(self.template_name, values))  # noqa: S308


def _describe_errors(row: forms.Form) -> None:
    """Tie each wrong cell to the sentence below it, for those who listen to the page."""
    if not row.is_bound:
        return
    for cell in row:
        if cell.errors:
            about = {"aria-invalid": "true", "aria-describedby": f"{cell.auto_id}-error"}
            cell.field.widget.attrs.update(about)


class RowsField(forms.Field):
    """As many rows as the operator adds; cleaned to a list of what each row holds."""

    def __init__(
        self,
        *,
        row: type[forms.Form],
        add: Any,
        least: int = 1,
        most: int = 40,
        ordered: bool = False,
        **options: Any,
    ) -> None:
        widget = RowsWidget(
            row=row, add=add, most=most, ordered=ordered, title=options.get("label", "")
        )
        super().__init__(widget=widget, required=False, **options)
        self.least = least

    @property
    def rows(self) -> Rows:
        """Return the rows that were sent."""
        return cast(RowsWidget, self.widget)._read or Rows([])

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """Return what the filled rows hold; each wrong cell keeps its own error."""
        filled = value.filled() if isinstance(value, Rows) else []
        # Every row is looked at, not only those before the first that is wrong.
        judged = [row.is_valid() for _place, row in filled]
        if not all(judged):
            raise forms.ValidationError(_("Look at the rows that are marked."))
        if len(filled) < self.least:
            raise forms.ValidationError(_("At least %(least)d is needed.") % {"least": self.least})
        return [row.cleaned_data for _place, row in filled]


def rows_of(form: forms.Form, name: str) -> Rows:
    """Return the rows that were sent for a field."""
    return cast(RowsField, form.fields[name]).rows


def give_rows(form: forms.Form, name: str, **options: Any) -> None:
    """Hand each row of a field what it is drawn and read with (a currency, choices)."""
    widget = cast(RowsWidget, form.fields[name].widget)
    widget.options = {**widget.options, **options}


def as_data(form: forms.Form, initial: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a browser would send of a form left as it opens."""
    data: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = initial.get(name)
        if not isinstance(field, RowsField):
            data[name] = value
            continue
        data[f"{name}-{_COUNT}"] = str(len(value or ()))
        for place, row in enumerate(value or ()):
            data.update({f"{name}-{place}-{cell}": held for cell, held in row.items()})
    return data


def rearranged(data: QueryDict, fields: Mapping[str, forms.Field]) -> QueryDict | None:
    """Return the form's data with a row added, moved or taken away, if a button asks for it."""
    name, _colon, wish = data.get(BUTTON, "").partition(":")
    field = fields.get(name)
    if not isinstance(field, RowsField):
        return None
    widget = cast(RowsWidget, field.widget)
    kept = list(range(min(_number(data.get(f"{name}-{_COUNT}")), widget.most)))
    what, _colon, at = wish.partition(":")
    change = _CHANGES.get(what)
    if change is None:
        return None
    order = change(kept, _number(at))[: widget.most]
    sent = data.copy()
    cells = list(widget.row.base_fields)
    for place in kept:
        for cell in cells:
            sent.pop(f"{name}-{place}-{cell}", None)
    for place, old in enumerate(order):
        for cell in cells:
            if old is not None and (key := f"{name}-{old}-{cell}") in data:
                sent.setlist(f"{name}-{place}-{cell}", data.getlist(key))
    sent[f"{name}-{_COUNT}"] = str(len(order))
    return sent


Order = list[int | None]


def _added(kept: list[int], _at: int) -> Order:
    return [*kept, None]


def _dropped(kept: list[int], at: int) -> Order:
    return [place for place in kept if place != at]


def _raised(kept: list[int], at: int) -> Order:
    order: Order = list(kept)
    if 0 < at < len(order):
        order[at - 1], order[at] = order[at], order[at - 1]
    return order


_CHANGES: dict[str, Callable[[list[int], int], Order]] = {
    "add": _added,
    "drop": _dropped,
    "up": _raised,
}


def quieten(form: forms.Form) -> None:
    """Show what is written without judging it yet: the operator is still arranging rows."""
    form.errors.clear()
    for field in form.fields.values():
        if isinstance(field, RowsField):
            cast(RowsWidget, field.widget).quiet = True


def _number(text: str | None) -> int:
    return numerals.read(text, digits=5) or 0
