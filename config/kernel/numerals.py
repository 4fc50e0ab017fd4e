"""Whole numbers in texts that anybody may have written: in an address, a form, a header."""

from __future__ import annotations

# As many as any key has: eighteen nines fit into 64 bits.
_MOST_DIGITS = 18


def read(text: object, *, digits: int = _MOST_DIGITS) -> int | None:
    """Return the number that a text of at most so many ASCII digits says, else None.

    `int` takes more than keys are made of, digits of every script among them, and breaks on
    others that call themselves digits, and on thousands of them.
    """
    said = "" if text is None else str(text)
    return int(said) if said.isascii() and said.isdigit() and len(said) <= digits else None
