"""The table of movements in docs/algorithms/ledger.md, as a test reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PAPER = Path(__file__).resolve().parents[2] / "docs" / "algorithms" / "ledger.md"
_TERM = re.compile(r"([+-]?)([a-z]|\d+)")


@dataclass(frozen=True, slots=True)
class Expression:
    """A sum of letters, as `n-c`."""

    text: str

    def __call__(self, letters: Mapping[str, int]) -> int:
        total = 0
        for sign, term in _TERM.findall(self.text):
            value = int(term) if term.isdigit() else letters.get(term, 0)
            total += -value if sign == "-" else value
        return total


@dataclass(frozen=True, slots=True)
class Movement:
    """One row of the table."""

    name: str
    kind: str
    counter: str
    available: Expression
    pending: Expression
    held: Expression
    debt: Expression
    lots: Expression


def read() -> dict[str, Movement]:
    """Return the rows of the table by the name of the movement."""
    text = PAPER.read_text()
    table = text.split("<!-- movements -->")[1].split("<!-- /movements -->")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n")]
    found = {}
    for name, kind, counter, *expressions in rows[3:-1]:
        for expression in expressions:
            assert re.fullmatch(r"-?([a-z]|\d+)([+-][a-z])*", expression), expression
        found[name] = Movement(name, kind, counter, *map(Expression, expressions))
    return found
