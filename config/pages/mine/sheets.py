"""What the console shows of belongings on the member's page: masked, and nothing to change."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import sheets
from config.kernel.console import Table
from config.kernel.panels import Subject
from config.kernel.sheets import Body
from config.pages.mine import wording
from members.belongings import selectors


def register() -> None:
    """Put the sheets on the member's page."""
    for slug, title, order, permission, read in (
        ("addresses", gettext_lazy("Addresses"), 62, "belongings.view_address", _addresses),
        ("cards", gettext_lazy("Bank cards"), 64, "belongings.view_card", _cards),
        (
            "titles",
            gettext_lazy("Invoice titles"),
            66,
            "belongings.view_invoicetitle",
            _titles,
        ),
    ):
        sheets.register(
            sheets.Sheet(slug=slug, title=title, order=order, permission=permission, read=read)
        )


def _addresses(subject: Subject) -> Body:
    rows = [
        [
            address.recipient_masked,
            address.phone_masked,
            address.where_masked,
            wording.label(address),
            _("Default") if address.is_default else "",
        ]
        for address in selectors.list_addresses(member_ids=subject.member_ids)
    ]
    headers = [_("Recipient"), _("Phone"), _("Where to"), _("Label"), ""]
    return Body(
        tables=[Table(title="", headers=headers, rows=rows, empty=_("No addresses are kept."))]
    )


def _cards(subject: Subject) -> Body:
    rows = [
        [wording.brand(card.brand), f"**** {card.last_four}", card.holder_masked]
        for card in selectors.list_cards(member_ids=subject.member_ids)
    ]
    headers = [_("Network"), _("Card number"), _("Cardholder")]
    return Body(
        tables=[Table(title="", headers=headers, rows=rows, empty=_("No cards are bound."))]
    )


def _titles(subject: Subject) -> Body:
    rows = [
        [
            wording.kind(title.kind),
            title.name_masked,
            title.tax_number_masked,
            _("Default") if title.is_default else "",
        ]
        for title in selectors.list_titles(member_ids=subject.member_ids)
    ]
    headers = [_("Kind"), _("Name"), _("Tax number"), ""]
    return Body(
        tables=[Table(title="", headers=headers, rows=rows, empty=_("No titles are kept."))]
    )
