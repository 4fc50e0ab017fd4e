"""What these columns hold, why, how long, and what an erasure does to them."""

from __future__ import annotations

from config.kernel.privacy import Erase, Grade, classify, impersonal

_KEPT = "until the member removes it"


def declare() -> None:
    """Fill the register."""
    _addresses()
    _cards()
    _titles()


def _linked(model: str, purpose: str, *fields: str) -> None:
    classify(
        model,
        *fields,
        grade=Grade.LINKED,
        purpose=purpose,
        retention=_KEPT,
        erase=Erase.DELETE_ROW,
    )


def _direct(model: str, purpose: str, *fields: str, exported: bool | None = None) -> None:
    classify(
        model,
        *fields,
        grade=Grade.DIRECT,
        purpose=purpose,
        retention=_KEPT,
        erase=Erase.DELETE_ROW,
        exported=exported,
    )


def _addresses() -> None:
    model, purpose = "belongings.Address", "to send parcels where the member wants them"
    impersonal(model, "id", "member_id", "slot")
    _linked(model, purpose, "country", "region", "label", "is_default", "made_at", "changed_at")
    _direct(model, purpose, "recipient", "phone", "area", "detail", "postcode", "label_text")


def _cards() -> None:
    model, purpose = "belongings.Card", "to pay and be paid by the card the member chose"
    impersonal(model, "id", "member_id", "slot")
    _linked(model, purpose, "last_four", "brand", "bound_at")
    _direct(model, purpose, "holder")
    # Whoever reads a whole number can use it: not even the member's own export holds it.
    _direct(model, purpose, "number", exported=False)


def _titles() -> None:
    model, purpose = "belongings.InvoiceTitle", "to make out invoices as the member asked"
    impersonal(model, "id", "member_id", "slot")
    _linked(model, purpose, "kind", "is_default", "made_at", "changed_at")
    _direct(model, purpose, "name", "tax_number", "bank", "bank_account", "address", "phone")
