"""Show enough of an address to recognize it, and no more."""

from __future__ import annotations


def mask_phone(phone: str) -> str:
    """Return an E.164 number as `+86138****8000`."""
    if len(phone) < 9:
        return "****"
    return f"{phone[:-8]}****{phone[-4:]}"


def mask_email(email: str) -> str:
    """Return an address as `z***n@example.com`; short local parts show their first letter."""
    local, _, domain = email.rpartition("@")
    tail = local[-1] if len(local) > 3 else ""
    return f"{local[:1]}***{tail}@{domain}"


def mask_name(name: str) -> str:
    """Return a name by its first character: `张*`, `A***`."""
    return name[:1] + "*" * min(max(len(name) - 1, 1), 3)


def mask_id(external_id: str) -> str:
    """Return another channel's id by its last four characters."""
    return "****" + external_id[-4:] if len(external_id) > 6 else "****"


def mask_id_number(number: str) -> str:
    """Return a resident ID number by its first and last character."""
    return number[:1] + "*" * (len(number) - 2) + number[-1:]
