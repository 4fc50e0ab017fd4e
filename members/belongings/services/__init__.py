"""Writes of belongings: the only code that saves them."""

from members.belongings.errors import (
    AddressBookFullError,
    AddressNotFoundError,
    CardNotFoundError,
    CardTakenError,
    FieldsRefusedError,
    FullError,
    TitleNotFoundError,
    TooManyCardsError,
    TooManyTitlesError,
)
from members.belongings.services.addressing import (
    add_address,
    change_address,
    make_default_address,
    remove_address,
)
from members.belongings.services.carding import bind_card, unbind_card
from members.belongings.services.titling import (
    add_title,
    change_title,
    make_default_title,
    remove_title,
)

__all__ = [
    "AddressBookFullError",
    "AddressNotFoundError",
    "CardNotFoundError",
    "CardTakenError",
    "FieldsRefusedError",
    "FullError",
    "TitleNotFoundError",
    "TooManyCardsError",
    "TooManyTitlesError",
    "add_address",
    "add_title",
    "bind_card",
    "change_address",
    "change_title",
    "make_default_address",
    "make_default_title",
    "remove_address",
    "remove_title",
    "unbind_card",
]
