"""Writes of members: the only code that saves them."""

from members.errors import (
    AccountClosedError,
    BirthdayLockedError,
    BudgetSpentError,
    CodeExpiredError,
    ConsentMissingError,
    IdentityConflictError,
    IdentityTakenError,
    InvalidBirthdayError,
    InvalidEmailError,
    InvalidPhoneError,
    MemberNotFoundError,
    NoContactError,
    PictureNeededError,
    TooManyCodesError,
    WrongCodeError,
    WrongPictureError,
)
from members.services.attaching import attach_identity
from members.services.confirming import confirm_code
from members.services.enrolling import enrol, enrol_many
from members.services.identifying import issue_member_code, read_member_code
from members.services.labelling import clear_labels, set_labels
from members.services.requesting import (
    forget_tickets,
    get_ticket,
    request_code,
    resend_code,
)
from members.services.revealing import reveal_contacts
from members.services.staffing import create_staff
from members.services.updating import update_profile

__all__ = [
    "AccountClosedError",
    "BirthdayLockedError",
    "BudgetSpentError",
    "CodeExpiredError",
    "ConsentMissingError",
    "IdentityConflictError",
    "IdentityTakenError",
    "InvalidBirthdayError",
    "InvalidEmailError",
    "InvalidPhoneError",
    "MemberNotFoundError",
    "NoContactError",
    "PictureNeededError",
    "TooManyCodesError",
    "WrongCodeError",
    "WrongPictureError",
    "attach_identity",
    "clear_labels",
    "confirm_code",
    "create_staff",
    "enrol",
    "enrol_many",
    "forget_tickets",
    "get_ticket",
    "issue_member_code",
    "read_member_code",
    "request_code",
    "resend_code",
    "reveal_contacts",
    "set_labels",
    "update_profile",
]
