"""The kinds' part in a merge: who was a student by either account is one, and has one seat.

A membership of the duplicate becomes the survivor's; of two of the same kind the better one
stays, because a member is of a kind once. A seat that is not needed any more is given back.
Applications stay under the id they were sent for: whoever is admitted is the survivor.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from config.kernel.merging import Kept, Line, Pair, Part
from members.kinds import versions
from members.kinds.errors import TwoGroupsError
from members.kinds.models import Group, Invitation, Membership
from members.kinds.services import grouping, holding
from members.kinds.types import EndWhy

_CARRIED = ("programme_id", "kind", "since", "until", "why", "by", "reason", "is_asked",
            "group_id", "reminded_at")  # fmt: skip
Rows = dict[str, Membership]


def part() -> Part:
    """Return the part that kinds register. After the members' own, whose labels it corrects."""
    return Part(
        slug="kinds",
        order=15,
        title=gettext_lazy("Their kinds of member"),
        words=lambda: {"membership": _("Member until, as")},
        check=_check,
        preview=_lines,
        do=_do,
        undo=_undo,
    )


def _check(pair: Pair) -> None:
    """Refuse a merge that would cost others their group.

    Raises:
        TwoGroupsError: both founded one of the same kind, and others are in both.
    """
    mine, theirs = _rows(pair)
    for kind in mine.keys() & theirs.keys():
        both = (mine[kind], theirs[kind])
        if _other_group(*both) and all(_is_owner(row) and _has_others(row) for row in both):
            raise TwoGroupsError


def _lines(pair: Pair) -> Sequence[Line]:
    mine, theirs = _rows(pair)
    shown = []
    for kind in sorted(mine.keys() | theirs.keys()):
        own, other = mine.get(kind), theirs.get(kind)
        stays = other if other and (own is None or _is_better(other, own)) else own
        said = [_until(row) for row in (own, other, stays)]
        name = _name(pair, kind)
        shown.append(
            Line(what="membership", of=name, survivor=said[0], duplicate=said[1], result=said[2])
        )
    return shown


def _do(pair: Pair) -> Kept:
    both = [pair.survivor_id, pair.duplicate_id]
    open_ = Membership.objects.filter(member_id__in=both, ended_at__isnull=True)
    # Locked in one order, so that what ends meanwhile has ended.
    list(open_.order_by("member_id", "id").select_for_update().values_list("id", flat=True))
    mine, theirs = _rows(pair)
    kept = [_join(pair, mine.get(kind), theirs[kind]) for kind in sorted(theirs)]
    if kept:
        holding.project([pair.survivor_id], programme_id=pair.programme_id, now=pair.now)
    return {"kinds": kept}


def _join(pair: Pair, mine: Membership | None, theirs: Membership) -> Kept:
    """Make one membership of two; return what it takes to make two of it again."""
    told: Kept = {"ended": [], "opened": None, "owned": None, "closed": None}
    if mine is not None and not _is_better(theirs, mine):
        if theirs.group_id and _is_owner(theirs):
            told["closed"] = _close(theirs, pair)
        told["ended"].append(_end(theirs, seat=theirs.group_id, pair=pair))
    else:
        if mine is not None:
            if _other_group(mine, theirs) and _is_owner(mine):
                told["closed"] = _close(mine, pair)
            told["ended"].append(_end(mine, seat=mine.group_id, pair=pair))
        if theirs.group_id and _is_owner(theirs):
            told["owned"] = theirs.group_id
        told["ended"].append(_end(theirs, seat=None, pair=pair))
        told["opened"] = _open(theirs, pair)
    if told["owned"]:
        Group.objects.filter(pk=told["owned"]).update(owner_id=pair.survivor_id)
    return told


def _end(row: Membership, *, seat: int | None, pair: Pair) -> list[Any]:
    Membership.objects.filter(member_id=row.member_id, id=row.pk).update(
        ended_at=pair.now, end_why=EndWhy.MERGED, ended_by=pair.actor[:120]
    )
    if seat is not None:
        Group.objects.filter(pk=seat, taken__gt=0).update(taken=F("taken") - 1)
    return [row.member_id, row.pk, seat]


def _open(row: Membership, pair: Pair) -> int:
    carried = {name: getattr(row, name) for name in _CARRIED}
    copy = Membership(member_id=pair.survivor_id, **carried)
    return Membership.objects.bulk_create([copy])[0].pk


def _close(row: Membership, pair: Pair) -> Kept:
    """Close a group that nobody else is in, of a person who is in another one."""
    group = Group.objects.get(pk=row.group_id or 0)
    unused = Invitation.objects.filter(group=group, used_at__isnull=True, revoked_at__isnull=True)
    told: Kept = {
        "group": group.pk,
        "name": group.name,
        "invitations": list(unused.values_list("pk", flat=True)),
    }
    grouping.close_groups([group.pk], now=pair.now)
    return told


def _undo(pair: Pair, kept: Kept) -> None:
    for told in reversed(kept["kinds"]):
        _take_apart(pair, told)
    if kept["kinds"]:
        both = [pair.survivor_id, pair.duplicate_id]
        holding.project(both, programme_id=pair.programme_id, now=pair.now)


def _take_apart(pair: Pair, told: Kept) -> None:
    """Give each their own again, unless it was renewed or given up since: that stays."""
    if told["opened"] is not None:
        copy = Membership.objects.filter(
            member_id=pair.survivor_id, id=told["opened"], ended_at__isnull=True
        )
        if not copy.delete()[0]:
            return
    if told["owned"]:
        Group.objects.filter(pk=told["owned"]).update(owner_id=pair.duplicate_id)
    if told["closed"]:
        closed = told["closed"]
        Group.objects.filter(pk=closed["group"]).update(closed_at=None, name=closed["name"])
        Invitation.objects.filter(pk__in=closed["invitations"]).update(revoked_at=None)
    for member_id, row_id, seat in told["ended"]:
        # Somebody else may sit there by now; then there is no seat to come back to.
        if seat is None or _take_seat(seat):
            Membership.objects.filter(member_id=member_id, id=row_id, end_why=EndWhy.MERGED).update(
                ended_at=None, end_why="", ended_by=""
            )


def _take_seat(group_id: int) -> bool:
    free = Group.objects.filter(pk=group_id, closed_at__isnull=True, taken__lt=F("size"))
    return bool(free.update(taken=F("taken") + 1))


def _rows(pair: Pair) -> tuple[Rows, Rows]:
    """Return what each of the two is of, by kind."""
    found: dict[int, Rows] = {pair.survivor_id: {}, pair.duplicate_id: {}}
    rows = Membership.objects.filter(
        member_id__in=list(found), programme_id=pair.programme_id, ended_at__isnull=True
    )
    for row in rows.order_by("id"):
        found[row.member_id][row.kind] = row
    return found[pair.survivor_id], found[pair.duplicate_id]


def _is_better(theirs: Membership, mine: Membership) -> bool:
    """Tell whether the duplicate's stays: who pays for others goes on, then who holds longer."""
    owners = [_is_owner(row) and _has_others(row) for row in (theirs, mine)]
    if owners[0] != owners[1]:
        return owners[0]
    if _other_group(theirs, mine):
        return False
    return _end_of(theirs) > _end_of(mine)


def _end_of(row: Membership) -> tuple[bool, datetime]:
    return (row.until is None, row.until or row.since)


def _other_group(one: Membership, other: Membership) -> bool:
    return one.group_id != other.group_id


def _is_owner(row: Membership) -> bool:
    return Group.objects.filter(
        pk=row.group_id or 0, owner_id=row.member_id, closed_at__isnull=True
    ).exists()


def _has_others(row: Membership) -> bool:
    seats = Membership.objects.filter(group_id=row.group_id or 0, ended_at__isnull=True)
    return seats.exclude(member_id=row.member_id).exists()


def _until(row: Membership | None) -> str:
    if row is None:
        return ""
    return row.until.isoformat() if row.until else _("no end")


def _name(pair: Pair, code: str) -> str:
    kind = versions.current(pair.programme_id).find(code)
    return kind.name(get_language() or "") if kind else code
