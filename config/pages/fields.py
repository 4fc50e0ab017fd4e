"""A form field as the component draws it: from a bound field of Django, or said by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField

# What the component draws by an element of its own; everything else is an <input>.
_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "checkbox"),
    (forms.RadioSelect, "radio"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a list or a row of radio buttons."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A labelled field: what it holds, what is wrong with it, and how it is typed."""

    id: str
    name: str
    kind: str
    label: str
    value: str
    hint: str = ""
    required: bool = False
    errors: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    attributes: Mapping[str, object] = field(default_factory=dict)

    @property
    def described_by(self) -> str:
        """Return the ids of what explains the field to those who cannot see it."""
        named = [f"{self.id}-hint"] if self.hint else []
        return " ".join([*named, f"{self.id}-error"] if self.errors else named)


def of_bound(bound: BoundField, **said: Any) -> Field:
    """Return a form's field; what is said by hand wins over what the form knows."""
    widget = bound.field.widget
    value = bound.value()
    known: dict[str, Any] = {
        "name": bound.html_name,
        "kind": _kind(widget),
        "label": str(bound.label or ""),
        "value": value,
        "hint": str(bound.help_text or ""),
        "required": bound.field.required,
        "errors": [str(error) for error in bound.errors],
        "choices": getattr(bound.field, "choices", ()),
    }
    return by_hand(**{**widget.attrs, **known, **said})


def by_hand(
    *,
    name: str,
    kind: str = "text",
    label: str = "",
    value: Any = "",
    hint: str = "",
    required: bool = False,
    errors: str | Iterable[str] | None = None,
    choices: Iterable[tuple[Any, Any]] = (),
    uid: str = "",
    **attributes: object,
) -> Field:
    """Return a field. Anything else that is said becomes an attribute of its element."""
    worded = (errors,) if isinstance(errors, str) else tuple(errors or ())
    return Field(
        id=uid or name,
        name=name,
        kind=kind,
        label=label,
        value="" if value is None else str(value),
        hint=hint,
        required=required,
        errors=tuple(str(error) for error in worded if error),
        choices=tuple(
            Choice(value=str(code), label=str(title), chosen=str(code) == str(value))
            for code, title in choices
        ),
        attributes={key.replace("_", "-"): said for key, said in attributes.items()},
    )


def _kind(widget: forms.Widget) -> str:
    for known, kind in _KINDS:
        if isinstance(widget, known):
            return kind
    return str(getattr(widget, "input_type", "text"))
