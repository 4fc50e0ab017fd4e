"""Normalize phone numbers and e-mail addresses, so that equal ones are equal."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from members.errors import InvalidEmailError, InvalidPhoneError

_REGION_OF_ZONE = {"Asia/Shanghai": "CN", "Europe/London": "GB", "America/New_York": "US"}
# Carriers hand out new prefixes before the number library knows of them; and numbers that
# are reserved for examples are as good as real ones, but for the answer.
_ALSO_VALID = re.compile(r"\+861[3-9]\d{9}|\+447700900\d{3}")
_EMAIL = re.compile(
    r"[^@\s\"<>(),;:\\\[\]]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}"
)


def region_of(timezone: str) -> str:
    """Return the region in which a number without a country code is read."""
    return _REGION_OF_ZONE.get(timezone, "CN")


def parse_phone(text: str, *, region: str = "CN") -> str:
    """Return a phone number as E.164.

    Raises:
        InvalidPhoneError: it is not a number that can exist.
    """
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), region)
    except phonenumbers.NumberParseException:
        raise InvalidPhoneError from None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not phonenumbers.is_valid_number(number) and not _ALSO_VALID.fullmatch(e164):
        raise InvalidPhoneError
    return e164


def parse_email(text: str) -> str:
    """Return an e-mail address in lower case, as it is compared.

    Raises:
        InvalidEmailError: it is not an address.
    """
    address = unicodedata.normalize("NFKC", text).strip().lower()
    if len(address) > 254 or not _EMAIL.fullmatch(address) or ".." in address:
        raise InvalidEmailError
    return address
