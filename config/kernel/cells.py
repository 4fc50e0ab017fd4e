"""Cells of CSV files that no spreadsheet runs.

What members type reaches files that staff open: a cell that begins like a formula is run by
Excel, LibreOffice and Sheets. The mark of text in front of it keeps it what it is.
"""

from __future__ import annotations

# Full-width forms included: spreadsheets with a Chinese input method take them too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def cell(value: object) -> object:
    """Return a value as a cell that is text when it came as text; numbers stay numbers."""
    is_formula = isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA)
    return f"'{value}" if is_formula else value
