"""What the sign-in pages ask, and what they answer at the field."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext

from config.kernel.errors import DomainError
from members.errors import (
    AccountClosedError,
    BudgetSpentError,
    CodeExpiredError,
    ConsentMissingError,
    IdentityTakenError,
    IdNumberTakenError,
    InvalidEmailError,
    InvalidIdNumberError,
    InvalidPhoneError,
    InvalidRealNameError,
    LastWayInError,
    PictureNeededError,
    RealNameLockedError,
    RealNameRefusedError,
    SocialFailedError,
    TooManyCodesError,
    WeakPasswordError,
    WrongCodeError,
    WrongPasswordError,
    WrongPictureError,
    WrongProofError,
)

REFUSALS = (
    InvalidPhoneError,
    InvalidEmailError,
    TooManyCodesError,
    WrongCodeError,
    CodeExpiredError,
    ConsentMissingError,
    AccountClosedError,
    WrongProofError,
    IdentityTakenError,
    LastWayInError,
    SocialFailedError,
    InvalidRealNameError,
    InvalidIdNumberError,
    IdNumberTakenError,
    RealNameLockedError,
    RealNameRefusedError,
    WeakPasswordError,
    WrongPasswordError,
)


@dataclass(slots=True, kw_only=True)
class Filled:
    """A page's fields as they were sent, and what was wrong with each."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def refuse(self, name: str, refusal: DomainError) -> None:
        """Put a refusal beside its field, with the remedy."""
        self.errors[name] = words_of(refusal)

    @property
    def asks_picture(self) -> bool:
        """Tell whether the digits of a picture must be read to go on."""
        return "picture" in self.values

    def ask_picture(self, refusal: PictureNeededError) -> None:
        """Show a picture, and say why; its name is filled in when the page is drawn."""
        self.values["picture"] = ""
        self.refuse("digits", refusal)


def words_of(refusal: DomainError) -> str:
    """Return a refusal as a person reads it, with the remedy."""
    if isinstance(refusal, InvalidPhoneError):
        return gettext(
            "This is not a phone number we can send to. Numbers from abroad start with + "
            "and the country code."
        )
    if isinstance(refusal, InvalidEmailError):
        return gettext("This is not a complete e-mail address, such as name@example.com.")
    if isinstance(refusal, WrongPictureError):
        return gettext("Those were other digits. Here is a new picture.")
    if isinstance(refusal, PictureNeededError):
        return gettext("Many codes were asked for here. Read the digits in the picture first.")
    if isinstance(refusal, BudgetSpentError):
        return gettext("We cannot send codes at the moment. Please try again in an hour.")
    if isinstance(refusal, TooManyCodesError):
        return _wait(refusal.retry_after)
    if isinstance(refusal, WrongCodeError):
        return gettext("This is not the code we sent. Look at the latest message and try again.")
    if isinstance(refusal, CodeExpiredError):
        return gettext("This code is no longer good. Send a new one.")
    if isinstance(refusal, WrongProofError):
        return gettext("This is not right, or was used before. Try the next one.")
    if isinstance(refusal, IdentityTakenError):
        return gettext("This already belongs to another membership. Please ask the shop.")
    if isinstance(refusal, LastWayInError):
        return gettext("This is the only way in that is left. Add another one first.")
    if isinstance(refusal, SocialFailedError):
        return gettext("That account could not be confirmed. Please try again, or use a code.")
    if isinstance(refusal, WeakPasswordError):
        # Django's own words for what is wrong with it.
        return refusal.detail
    if found := _NAMING.get(type(refusal)):
        return str(found)
    if isinstance(refusal, ConsentMissingError):
        return gettext("Please agree to the terms to become a member.")
    return gettext("This account cannot sign in here. Please ask the shop.")


_NAMING: dict[type[DomainError], Any] = {
    InvalidRealNameError: gettext_lazy("Write the name as it stands on the ID card."),
    InvalidIdNumberError: gettext_lazy(
        "This is not a resident ID number: 17 digits and a last one that may be X. Please check it."
    ),
    IdNumberTakenError: gettext_lazy(
        "Another membership is verified with this number. Please ask the shop."
    ),
    WrongPasswordError: gettext_lazy(
        "Address and password do not belong together. You can always ask for a code instead."
    ),
    RealNameLockedError: gettext_lazy("Your name is verified already and stays as it is."),
    RealNameRefusedError: gettext_lazy(
        "Name and number do not belong together. Please check both."
    ),
}


def _wait(seconds: int) -> str:
    if seconds <= 90:
        return ngettext(
            "Please wait %(count)s second, then send a new code.",
            "Please wait %(count)s seconds, then send a new code.",
            seconds,
        ) % {"count": seconds}
    minutes = -(-seconds // 60)
    return ngettext(
        "Too many codes were asked for. Try again in %(count)s minute.",
        "Too many codes were asked for. Try again in %(count)s minutes.",
        minutes,
    ) % {"count": minutes}
