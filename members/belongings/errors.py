"""What the services of belongings refuse."""

from __future__ import annotations

from collections.abc import Mapping

from config.kernel.errors import ConflictError, FieldError, InvalidError, NotFoundError
from members.belongings.types import MOST_ADDRESSES, MOST_CARDS, MOST_TITLES


class AddressNotFoundError(NotFoundError):
    """The member has no such address."""

    code = "address.not_found"
    title = "There is no such address"


class CardNotFoundError(NotFoundError):
    """The member has no such card."""

    code = "card.not_found"
    title = "There is no such card"


class TitleNotFoundError(NotFoundError):
    """The member has no such invoice title."""

    code = "invoice_title.not_found"
    title = "There is no such invoice title"


class FullError(ConflictError):
    """The member keeps as many as there may be."""

    code = "belongings.full"
    title = "There are as many as there may be"

    def __init__(self, *, most: int) -> None:
        super().__init__(f"there may be {most}")
        self.most = most


class AddressBookFullError(FullError):
    """There are 20 addresses."""

    code = "address.book_full"
    title = "The address book is full"

    def __init__(self) -> None:
        super().__init__(most=MOST_ADDRESSES)


class TooManyCardsError(FullError):
    """There are 10 cards."""

    code = "card.too_many"
    title = "No more cards can be bound"

    def __init__(self) -> None:
        super().__init__(most=MOST_CARDS)


class TooManyTitlesError(FullError):
    """There are 10 invoice titles."""

    code = "invoice_title.too_many"
    title = "No more invoice titles can be kept"

    def __init__(self) -> None:
        super().__init__(most=MOST_TITLES)


class FieldsRefusedError(InvalidError):
    """Something that was filled in cannot be. `fields` names each and why: a code of ours."""

    code = "belongings.invalid"
    title = "Please look at the fields again"

    def __init__(self, fields: Mapping[str, str]) -> None:
        errors = [
            FieldError(pointer=f"/{name}", code=code, detail=code) for name, code in fields.items()
        ]
        super().__init__(errors=errors)
        self.fields = dict(fields)


class CardTakenError(ConflictError):
    """The member bound this card already."""

    code = "card.taken"
    title = "This card is bound already"
