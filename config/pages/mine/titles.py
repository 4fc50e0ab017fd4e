"""Whom the member's invoices are made out to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kernel import ids
from config.kernel.errors import DomainError
from config.pages.mine import wording
from config.pages.visitors import Visitor, member_page
from members.belongings import selectors, services
from members.belongings.types import MOST_TITLES, InvoiceTitle, TitleDraft, TitleKind

_COMPANY = ("tax_number", "bank", "bank_account", "address", "phone")


class TitleForm(forms.Form):
    """An invoice title. What only a company has may stay empty for a person."""

    kind = forms.ChoiceField(label=gettext_lazy("For whom?"), widget=forms.RadioSelect)
    name = forms.CharField(
        label=gettext_lazy("Name on the invoice"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    tax_number = forms.CharField(
        label=gettext_lazy("Tax number"),
        required=False,
        help_text=gettext_lazy("The unified social credit code, for companies."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    bank = forms.CharField(label=gettext_lazy("Bank"), required=False)
    bank_account = forms.CharField(
        label=gettext_lazy("Bank account"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    address = forms.CharField(label=gettext_lazy("Registered address"), required=False)
    phone = forms.CharField(
        label=gettext_lazy("Registered phone"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    is_default = forms.BooleanField(label=gettext_lazy("Take this one first"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["required"] = wording.refusal("name", "missing")
        kinds = [(kind.value, wording.kind(kind)) for kind in TitleKind]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    @property
    def company_fields(self) -> list[Any]:
        """Return the fields that only a company fills in."""
        return [self[name] for name in _COMPANY]

    def draft(self) -> TitleDraft:
        """Return what was filled in."""
        said = {name: str(self[name].value() or "") for name in ("name", *_COMPANY)}
        kind = str(self["kind"].value() or "")
        return TitleDraft(
            kind=TitleKind(kind),
            is_default=bool(self["is_default"].value()),
            **said,
        )


@require_safe
@member_page
def titles(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the member's invoice titles."""
    found = selectors.list_titles(member_ids=visitor.member_ids)
    values = {
        "titles": [{"is": row, "kind": wording.kind(row.kind)} for row in found],
        "most": MOST_TITLES,
        "full": len(found) >= MOST_TITLES,
    }
    return render(request, "pages/mine/titles.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def add(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask for a new title, and keep it."""
    if request.method != "POST":
        return _ask(request, TitleForm(initial={"kind": TitleKind.PERSONAL.value}))
    form = TitleForm(request.POST)
    if _save(form, visitor, None):
        messages.success(request, _("The invoice title is kept."))
        return redirect("mine:titles")
    return _ask(request, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def change(request: HttpRequest, visitor: Visitor, title: str) -> HttpResponse:
    """Show a title to be changed, and keep what was changed."""
    found = _find(visitor, title)
    if request.method != "POST":
        initial = {name: getattr(found, name) for name in TitleForm.base_fields}
        return _ask(request, TitleForm(initial=initial), found)
    form = TitleForm(request.POST)
    if _save(form, visitor, found):
        messages.success(request, _("Saved."))
        return redirect("mine:titles")
    return _ask(request, form, found, status=422)


@require_POST
@member_page
def make_default(request: HttpRequest, visitor: Visitor, title: str) -> HttpResponse:
    """Make a title the one that is taken first."""
    found = _find(visitor, title)
    services.make_default_title(
        member_id=found.member_id, title_id=found.id, actor=_actor(visitor), now=visitor.now
    )
    messages.success(request, _("This title is now taken first."))
    return redirect("mine:titles")


@require_POST
@member_page
def remove(request: HttpRequest, visitor: Visitor, title: str) -> HttpResponse:
    """Forget a title."""
    found = _find(visitor, title)
    services.remove_title(
        member_id=found.member_id, title_id=found.id, actor=_actor(visitor), now=visitor.now
    )
    messages.success(request, _("The invoice title is removed."))
    return redirect("mine:titles")


def _find(visitor: Visitor, public_id: str) -> InvoiceTitle:
    place = ids.decode("ttl", public_id)
    if place.member_id not in visitor.member_ids:
        raise Http404
    return selectors.get_title(member_id=place.member_id, title_id=place.row_id)


def _save(form: TitleForm, visitor: Visitor, found: InvoiceTitle | None) -> bool:
    """Keep a title; a refusal is put at its field."""
    if not form.is_valid() and "kind" in form.errors:
        return False
    draft, actor, now = form.draft(), _actor(visitor), visitor.now
    try:
        if found is None:
            services.add_title(member_id=visitor.member.id, draft=draft, actor=actor, now=now)
        else:
            services.change_title(
                member_id=found.member_id, title_id=found.id, draft=draft, actor=actor, now=now
            )
    except services.FieldsRefusedError as refused:
        wording.put(form, refused)
    except DomainError as refused:
        form.add_error(None, wording.said(refused))
    else:
        return True
    return False


def _ask(
    request: HttpRequest, form: TitleForm, found: InvoiceTitle | None = None, *, status: int = 200
) -> HttpResponse:
    url = reverse("mine:title", args=[found.public_id]) if found else reverse("mine:add_title")
    values = {"form": form, "title": found, "action": url}
    return render(request, "pages/mine/title.html", values, status=status)


def _actor(visitor: Visitor) -> str:
    return f"member:{visitor.member.public_id}"
