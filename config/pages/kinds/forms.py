"""What is asked of somebody who applies for a kind of member."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.kinds.types import Kind, Proof, ProofGiven


def _text(label: Any, *, complete: str = "off", **more: Any) -> forms.CharField:
    # Without `maxlength`: the server says in words what is wrong, and cuts nothing off.
    return forms.CharField(
        label=label, widget=forms.TextInput(attrs={"autocomplete": complete}), **more
    )


class ProofForm(forms.Form):
    """Name, school or company, and the number by which it is found."""

    holder = _text(gettext_lazy("Your name"), complete="name")
    body = _text("", complete="organization")
    number = _text("")

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind.proof is Proof.STUDENT:
            self.fields["body"].label = _("School")
            self.fields["number"].label = _("Student number")
            self.fields["number"].help_text = _("As it stands on your student card.")
        else:
            self.fields["holder"].label = _("Contact person")
            self.fields["body"].label = _("Company")
            self.fields["number"].label = _("Unified social credit code")
            self.fields["number"].help_text = _("18 characters, on the business licence.")

    def given(self) -> ProofGiven:
        """Return what was typed."""
        said = self.cleaned_data
        return ProofGiven(holder=said["holder"], body=said["body"], number=said["number"])


class NameForm(forms.Form):
    """What a group is called."""

    name = _text(
        gettext_lazy("What is your group called?"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Only you and those you invite see it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs.pop("maxlength", None)


class PlainForm(forms.Form):
    """Nothing is asked: whoever wants to be one is."""


class CodeForm(forms.Form):
    """An invitation, typed by hand."""

    code = _text(gettext_lazy("Invitation code"), max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.pop("maxlength", None)
        self.fields["code"].widget.attrs["autocapitalize"] = "characters"


def form_for(kind: Kind, data: Any = None) -> forms.Form:
    """Return the form by which one applies for a kind."""
    if kind.proof is not Proof.NONE:
        return ProofForm(data, kind=kind)
    if kind.is_group and not kind.by_operator:
        return NameForm(data)
    return PlainForm(data)
