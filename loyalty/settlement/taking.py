"""From which of an order's entries a refund takes back. Pure.

An order whose points last for different times has an entry for each. The returned line's own
points go back to the entries they came from; the ledger sees to the rest where one of them has
less left, so the total is exact whatever happened to an entry meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from loyalty.earning.types import Decision, ExplainRow, Part
from members.commerce.types import Line


def taken_by_line(lines: Iterable[Line]) -> dict[int, int]:
    """Return how many points the refunds so far take of each line."""
    return {line.line_no: line.taken(line.points_earned) for line in lines}


def by_part(
    decision: Decision, *, before: Mapping[int, int], after: Mapping[int, int]
) -> list[tuple[Part, int]]:
    """Return what to take of each part when what is taken of the lines rises to `after`.

    Of a line that has points in several parts, the programme's own validity goes first.
    """
    parts = decision.parts()
    rows: dict[int, list[ExplainRow]] = {}
    for row in decision.explain:
        rows.setdefault(row.line_no, []).append(row)
    sums: Counter[str] = Counter()
    for line_no, taken in after.items():
        own = rows.get(line_no, [])
        sums.update(_spread(parts, own, taken))
        sums.subtract(_spread(parts, own, before.get(line_no, 0)))
    return [(part, sums[part.validity]) for part in parts if sums[part.validity]]


def _spread(parts: Sequence[Part], rows: Sequence[ExplainRow], taken: int) -> Counter[str]:
    """Spread what is taken of one line over the parts that its rows belong to."""
    found: Counter[str] = Counter()
    for part in parts:
        share = sum(row.points for row in rows if row.validity == part.validity)
        found[part.validity] = min(taken, max(0, share))
        taken -= found[part.validity]
    if taken:
        found[parts[0].validity] += taken
    return found
