"""The ledger's part in a merge of members: every currency, lot by lot, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import statements
from config.kernel.merging import Kept, Line, Pair, Part
from points.errors import TransferSpentError
from points.models import Account, Hold
from points.selectors.balances import get_balance
from points.services.transferring import transfer, undo_transfer
from points.types import POINTS, Balance, HoldStatus

_FIGURES = ("available", "pending", "held", "debt")


def part() -> Part:
    """Return the part that the ledger registers."""
    return Part(
        slug="points",
        order=30,
        title=gettext_lazy("What they have"),
        words=_words,
        preview=_lines,
        do=_do,
        undo=_undo,
        weigh=_weigh,
    )


def _lines(pair: Pair) -> Sequence[Line]:
    shown: list[Line] = []
    for currency in _currencies(pair):
        mine, theirs = (_balance(member, currency, pair) for member in _both(pair))
        shown += _figures(currency, mine, theirs)
        shown += _expiries(currency, mine, theirs)
    holds = [_count_holds(member) for member in _both(pair)]
    if any(holds):
        shown.append(_line("reservations", "", *holds))
    return shown


def _do(pair: Pair) -> Kept:
    both = [pair.duplicate_id, pair.survivor_id, pair.programme_id]
    statements.ask("SELECT points_merge_open(%s, %s, %s)::text", both)
    moved = transfer(
        from_member_id=pair.duplicate_id,
        to_member_id=pair.survivor_id,
        programme_id=pair.programme_id,
        key=pair.source,
        source=pair.source,
        reason=pair.reason,
        actor=pair.actor,
        now=pair.now,
    )
    statements.ask("SELECT points_merge_mark(%s, %s, %s)::text", both)
    return {"moved": bool(moved.entries)}


def _undo(pair: Pair, kept: Kept) -> None:
    both = [pair.duplicate_id, pair.survivor_id, pair.programme_id]
    statements.ask("SELECT points_merge_unmark(%s, %s, %s)::text", both)
    if not kept["moved"]:
        return
    try:
        undo_transfer(
            from_member_id=pair.duplicate_id,
            programme_id=pair.programme_id,
            transfer_key=pair.source,
            key=f"un{pair.source}",
            source=f"un{pair.source}",
            reason=pair.reason,
            actor=pair.actor,
            now=pair.now,
        )
    except TransferSpentError as refused:
        said = _("%(points)s points that came with the merge are spent, and nothing covers them")
        refused.detail = said % {"points": f"{refused.asked:,}"}
        raise


def _weigh(pair: Pair) -> int:
    found = _balance(pair.duplicate_id, POINTS, pair)
    return found.available + found.pending + found.held


def _both(pair: Pair) -> tuple[int, int]:
    return pair.survivor_id, pair.duplicate_id


def _currencies(pair: Pair) -> list[str]:
    rows = Account.objects.filter(member_id__in=_both(pair), programme_id=pair.programme_id)
    return sorted(set(rows.values_list("currency", flat=True)), key=lambda c: (c != POINTS, c))


def _balance(member_id: int, currency: str, pair: Pair) -> Balance:
    return get_balance(
        member_id=member_id,
        programme_id=pair.programme_id,
        currency=currency,
        at=pair.now,
        now=pair.now,
    )


def _figures(currency: str, mine: Balance, theirs: Balance) -> list[Line]:
    """Return the four figures; what comes together clears what is owed."""
    both = {name: getattr(mine, name) + getattr(theirs, name) for name in _FIGURES}
    cleared = min(both["available"], both["debt"])
    both["available"] -= cleared
    both["debt"] -= cleared
    return [
        Line(
            what=name,
            of=currency,
            survivor=str(getattr(mine, name)),
            duplicate=str(getattr(theirs, name)),
            result=str(both[name]),
        )
        for name in _FIGURES
        if getattr(mine, name) or getattr(theirs, name) or name == "available"
    ]


def _expiries(currency: str, mine: Balance, theirs: Balance) -> list[Line]:
    dates = [{x.at: x.points for x in balance.expiring} for balance in (mine, theirs)]
    return [
        _line("expires", f"{currency} {_day(at)}", dates[0].get(at, 0), dates[1].get(at, 0))
        for at in sorted({*dates[0], *dates[1]})
    ]


def _day(at: datetime) -> str:
    return at.isoformat()


def _line(what: str, of: str, mine: int, theirs: int) -> Line:
    return Line(
        what=what, of=of, survivor=str(mine), duplicate=str(theirs), result=str(mine + theirs)
    )


def _count_holds(member_id: int) -> int:
    return Hold.objects.filter(member_id=member_id, status=HoldStatus.HELD).count()


def _words() -> Mapping[str, str]:
    return {
        "available": _("Available"),
        "debt": _("Owed"),
        "expires": _("Expires on"),
        "held": _("Set aside"),
        "pending": _("Pending"),
        "reservations": _("Open reservations"),
    }
