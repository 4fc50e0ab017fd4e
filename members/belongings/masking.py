"""Show enough of what is kept to recognize it, and no more."""

from __future__ import annotations


def mask_name(name: str) -> str:
    """Return a name by its first character: `张*`, `A***`."""
    return name[:1] + "*" * min(max(len(name) - 1, 1), 3)


def mask_tail(number: str) -> str:
    """Return a number by its last four characters."""
    return f"****{number[-4:]}" if len(number) > 4 else "****"
