"""The tiers' part in a merge of members: the better of both, and what both count together.

The duplicate's sources stay under its id: a refund of one of its orders finds them there,
and an undo adds up what is its own. Its row names the survivor, whose books are opened then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from config.kernel import statements
from config.kernel.merging import Kept, Line, Pair, Part
from loyalty import calendar, rows, standings
from loyalty.errors import LadderNotFoundError
from loyalty.selectors import get_standing
from loyalty.services.booking import open_books
from loyalty.services.closing import close
from loyalty.standings import Grant, State
from loyalty.types import Standing, Why
from members import services as members_services

_BOTH = """
SELECT member_id FROM loyalty_membertier
WHERE programme_id = %s AND member_id = ANY(%s) ORDER BY member_id FOR UPDATE
"""
_MOVE = """
UPDATE loyalty_membertier SET moved_to = %s
WHERE programme_id = %s AND (member_id = %s OR moved_to = %s)
RETURNING member_id
"""
_MOVE_BACK = """
UPDATE loyalty_membertier SET moved_to = CASE WHEN member_id = %s THEN NULL ELSE %s END
WHERE programme_id = %s AND moved_to = %s AND member_id = ANY(%s)
"""
# What a member's own sources count, day by day, with those of whom was merged into it.
_COUNTED = """
SELECT day, sum(spend)::bigint, sum(growth)::bigint FROM loyalty_qualifying
WHERE programme_id = %s AND member_id = ANY(%s) GROUP BY day
HAVING sum(spend) <> 0 OR sum(growth) <> 0 ORDER BY day
"""


def part() -> Part:
    """Return the part that tiers register."""
    return Part(
        slug="loyalty",
        order=20,
        title=gettext_lazy("Their tier"),
        words=_words,
        preview=_lines,
        do=_do,
        undo=_undo,
    )


def _lines(pair: Pair) -> Sequence[Line]:
    try:
        found = get_standing(
            member_ids=[pair.survivor_id, pair.duplicate_id],
            programme_id=pair.programme_id,
            at=pair.now,
        )
    except LadderNotFoundError:
        return []
    mine, theirs = found[pair.survivor_id], found[pair.duplicate_id]
    together = mine.amount + theirs.amount
    best = max(mine, theirs, key=lambda s: (s.tier.rank, s.until.timestamp() if s.until else 0))
    return [
        Line(
            what="tier",
            survivor=_named(mine),
            duplicate=_named(theirs),
            result=_named(best),
        ),
        Line(
            what="until",
            survivor=_date(mine.until),
            duplicate=_date(theirs.until),
            result=_date(best.until),
        ),
        Line(
            what="amount",
            survivor=str(mine.amount),
            duplicate=str(theirs.amount),
            result=str(together),
        ),
    ]


def _named(standing: Standing) -> str:
    chinese = (get_language() or "").startswith("zh")
    tier = standing.tier
    return (tier.name_zh if chinese else tier.name_en) or tier.code


def _date(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _do(pair: Pair) -> Kept:
    both = [pair.survivor_id, pair.duplicate_id]
    try:
        books = open_books(member_ids=both, programme_id=pair.programme_id)
    except LadderNotFoundError:
        return {}
    survivor, duplicate = books.states[pair.survivor_id], books.states[pair.duplicate_id]
    for state in (survivor, duplicate):
        if not state.is_late(pair.now):
            standings.end_due(state, pair.now)
    kept: Kept = {"survivor": _as_kept(survivor), "duplicate": _as_kept(duplicate)}
    standings.join(survivor, duplicate, source=pair.source, at=pair.now)
    kept["after"] = {**_as_kept(survivor), "counted": _counted(pair, survivor.member_id)}
    _empty(duplicate)
    close(books=books, now=pair.now, announce=True)
    members_services.clear_labels(member_ids=[pair.duplicate_id], kind="tier")
    moved = statements.ask(
        _MOVE, [pair.survivor_id, pair.programme_id, pair.duplicate_id, pair.duplicate_id]
    )
    kept["moved"] = sorted(member for (member,) in moved)
    kept["theirs"] = _counted(pair, *kept["moved"])
    return kept


def _undo(pair: Pair, kept: Kept) -> None:
    if not kept:
        return
    both = sorted([pair.survivor_id, pair.duplicate_id])
    statements.ask(_BOTH, [pair.programme_id, both])
    statements.tell(
        _MOVE_BACK,
        [
            pair.duplicate_id,
            pair.duplicate_id,
            pair.programme_id,
            pair.survivor_id,
            kept["moved"],
        ],
    )
    books = open_books(member_ids=both, programme_id=pair.programme_id)
    survivor, duplicate = books.states[pair.survivor_id], books.states[pair.duplicate_id]
    if _is_untouched(pair, survivor, kept):
        _restore(survivor, kept["survivor"], pair)
    else:
        _take_apart(pair, survivor, kept)
    _restore(duplicate, kept["duplicate"], pair)
    counted = _counted(pair, *kept["moved"])
    if counted != kept["theirs"]:
        _count_anew(duplicate, counted)
    standings.end_due(duplicate, pair.now)
    # The undoing tells of itself; nobody is congratulated on a tier they had before.
    close(books=books, now=pair.now, announce=False)


def _is_untouched(pair: Pair, survivor: State, kept: Kept) -> bool:
    """Tell whether nothing was counted or changed for either since the merge."""
    after = kept["after"]
    now = {**_as_kept(survivor), "counted": _counted(pair, survivor.member_id)}
    return bool(now == after) and _counted(pair, *kept["moved"]) == kept["theirs"]


def _take_apart(pair: Pair, survivor: State, kept: Kept) -> None:
    for day, spend, growth in _counted(pair, *kept["moved"]):
        survivor.add(day, -spend, -growth)
    _drop_empty_days(survivor)
    standings.split(
        survivor,
        came=_grants(kept["duplicate"]),
        had=_grants(kept["survivor"]),
        source=pair.source,
        at=pair.now,
    )


def _restore(state: State, kept: Mapping[str, Any], pair: Pair) -> None:
    before = state.tier
    state.grants = _grants(kept)
    state.protected = kept["protected"]
    state.days, state.spends, state.growths = (
        list(kept[name]) for name in ("days", "spends", "growths")
    )
    state.dirty = True
    if state.grants or before.rank:
        day = calendar.day_of(pair.now, state.zone)
        state.record(Why.UNMERGED, before, day=day, source=pair.source, at=pair.now)


def _count_anew(state: State, counted: Sequence[Sequence[int]]) -> None:
    """Let a state count what its sources say now: refunds came in meanwhile."""
    state.days, state.spends, state.growths = [], [], []
    for day, spend, growth in counted:
        state.add(day, spend, growth)
    state.dirty = True


def _empty(state: State) -> None:
    state.grants, state.protected = [], False
    state.days, state.spends, state.growths = [], [], []
    state.written.clear()
    state.dirty = True


def _drop_empty_days(state: State) -> None:
    full = [
        row for row in zip(state.days, state.spends, state.growths, strict=True) if any(row[1:])
    ]
    state.days, state.spends, state.growths = ([row[i] for row in full] for i in range(3))


def _counted(pair: Pair, *members: int) -> list[list[int]]:
    found = statements.ask(_COUNTED, [pair.programme_id, list(members)])
    return [list(row) for row in found]


def _as_kept(state: State) -> Kept:
    return {
        "grants": rows.grants_of(state),
        "protected": state.protected,
        "days": list(state.days),
        "spends": list(state.spends),
        "growths": list(state.growths),
    }


def _grants(kept: Mapping[str, Any]) -> list[Grant]:
    return rows.read_grants(kept["grants"])


def _words() -> dict[str, str]:
    return {
        "amount": _("Counts towards tiers"),
        "tier": _("Tier"),
        "until": _("Tier until"),
    }
