"""What kinds of belongings are called, and what is said when one is refused."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from config.kernel.errors import DomainError
from members.belongings.errors import (
    AddressBookFullError,
    FieldsRefusedError,
    TooManyCardsError,
    TooManyTitlesError,
)
from members.belongings.types import Address, Brand, Label, TitleKind


def labels() -> dict[Label, str]:
    """Return what an address may be to a member."""
    return {
        Label.NONE: _("No label"),
        Label.HOME: pgettext("an address", "Home"),
        Label.COMPANY: pgettext("an address", "Company"),
        Label.SCHOOL: _("School"),
        Label.OWN: _("A word of your own"),
    }


def label(address: Address) -> str:
    """Return an address's label; nothing when it has none."""
    if address.label is Label.OWN:
        return address.label_text
    return labels()[address.label] if address.label else ""


def brand(code: Brand) -> str:
    """Return what a network of cards is called."""
    return {
        Brand.UNIONPAY: _("UnionPay"),
        Brand.VISA: "Visa",
        Brand.MASTERCARD: "Mastercard",
        Brand.AMEX: "American Express",
        Brand.JCB: "JCB",
        Brand.OTHER: _("Bank card"),
    }[code]


def kind(code: TitleKind) -> str:
    """Return what a kind of invoice title is called."""
    return {
        TitleKind.PERSONAL: pgettext("an invoice title", "Personal"),
        TitleKind.COMPANY: pgettext("an invoice title", "Company"),
    }[code]


def refusal(field: str, code: str) -> str:
    """Return why a field is refused, and what to do."""
    special = {
        ("phone", "invalid"): _("The courier calls this number: please check it."),
        ("province", "missing"): _("Choose the province."),
        ("city", "missing"): _("Choose the city."),
        ("county", "missing"): _("Choose the district or county."),
        ("postcode", "invalid"): _("A Chinese postcode has six digits; it may stay empty."),
        ("number", "invalid"): _("This is no card number. Please compare it with the card."),
        ("number", "missing"): _("The number stands on the front of the card."),
        ("tax_number", "missing"): _("A company's invoice needs its tax number."),
        ("tax_number", "invalid"): _(
            "This is no unified social credit code: 18 characters, the last one checks the others."
        ),
    }
    general = {
        "missing": _("Please fill this in."),
        "too_long": _("This is too long; please shorten it."),
        "invalid": _("Please check this."),
    }
    return special.get((field, code)) or general[code]


def put(form: forms.Form, refused: FieldsRefusedError) -> None:
    """Put each refusal at its field, in place of what the form itself found there."""
    for name, code in refused.fields.items():
        # A list that is not on the page yet is chosen by way of the one above it.
        shown = name if name in form.fields else None
        if shown is not None:
            form.errors.pop(shown, None)
        form.add_error(shown, refusal(name, code))


def said(refused: DomainError) -> str:
    """Return a refusal of the whole, and what to do."""
    if isinstance(refused, AddressBookFullError):
        return _("Your book holds %(most)s addresses. Remove one that you no longer need.") % {
            "most": refused.most
        }
    if isinstance(refused, TooManyCardsError):
        return _("You have bound %(most)s cards. Unbind one that you no longer use.") % {
            "most": refused.most
        }
    if isinstance(refused, TooManyTitlesError):
        return _("You keep %(most)s invoice titles. Remove one that you no longer need.") % {
            "most": refused.most
        }
    return str(_(refused.title))
