"""Writes of members: the only code that saves them."""

from members.errors import (
    AccountClosedError,
    BirthdayLockedError,
    CodeExpiredError,
    ConsentMissingError,
    IdentityConflictError,
    IdentityTakenError,
    InvalidEmailError,
    InvalidPhoneError,
    MemberNotFoundError,
    NoContactError,
    TooManyCodesError,
    WrongCodeError,
)
from members.services.enrolling import enrol, enrol_many
from members.services.labelling import clear_labels, set_labels
from members.services.staffing import create_staff

__all__ = [
    "AccountClosedError",
    "BirthdayLockedError",
    "CodeExpiredError",
    "ConsentMissingError",
    "IdentityConflictError",
    "IdentityTakenError",
    "InvalidEmailError",
    "InvalidPhoneError",
    "MemberNotFoundError",
    "NoContactError",
    "TooManyCodesError",
    "WrongCodeError",
    "clear_labels",
    "create_staff",
    "enrol",
    "enrol_many",
    "set_labels",
]
