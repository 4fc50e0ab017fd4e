"""A merge's ways in: whoever signed in as one of the two is the survivor from now on."""

from __future__ import annotations

from collections.abc import Sequence

from config.kernel.merging import Kept, Line, Pair
from members import masking
from members.errors import MergeDifferentPeopleError, MergeErasurePendingError
from members.models import Erasure, Member, RealName


def check(pair: Pair) -> None:
    """Refuse to make one of two people whom ID cards tell apart, or of whom one is leaving.

    Raises:
        MergeDifferentPeopleError: both are verified, with different ID numbers.
        MergeErasurePendingError: one of them is to be erased.
    """
    both = [pair.survivor_id, pair.duplicate_id]
    if Erasure.objects.filter(member_id__in=both, state__in=["waiting", "running"]).exists():
        raise MergeErasurePendingError
    numbers = {row.id_number for row in _names(pair).values()}
    if len(numbers) > 1:
        raise MergeDifferentPeopleError


def lines(pair: Pair) -> Sequence[Line]:
    """Return who has an account and who a verified name."""
    users = _users(pair)
    names = _names(pair)
    mine, theirs = (names.get(member) for member in (pair.survivor_id, pair.duplicate_id))
    both = [int(users[member] is not None) for member in (pair.survivor_id, pair.duplicate_id)]
    shown = [
        Line(
            what="accounts",
            survivor=str(both[0]),
            duplicate=str(both[1]),
            result=str(sum(both)),
        )
    ]
    if mine or theirs:
        shown.append(
            Line(
                what="real_name",
                survivor=masking.mask_name(mine.name) if mine else "",
                duplicate=masking.mask_name(theirs.name) if theirs else "",
                result=masking.mask_name((mine or theirs).name),  # type: ignore[union-attr]
            )
        )
    return shown


def do(pair: Pair) -> Kept:
    """Give the survivor the duplicate's account if it has none, and its verified name.

    Where both have one, both stay: the duplicate's signs in as the survivor.
    """
    users = _users(pair)
    moved = users[pair.duplicate_id] if users[pair.survivor_id] is None else None
    if moved is not None:
        # In this order: a user is one member of a programme.
        Member.objects.filter(pk=pair.duplicate_id).update(user=None)
        Member.objects.filter(pk=pair.survivor_id).update(user=moved)
    names = _names(pair)
    theirs = names.get(pair.duplicate_id)
    copied = theirs is not None and pair.survivor_id not in names
    if theirs is not None and copied:
        RealName.objects.bulk_create(
            [
                RealName(
                    member_id=pair.survivor_id,
                    name=theirs.name,
                    id_number=theirs.id_number,
                    provider=theirs.provider,
                    is_asked=theirs.is_asked,
                    verified_at=theirs.verified_at,
                )
            ]
        )
    return {"user": moved, "real_name": copied}


def undo(pair: Pair, kept: Kept) -> None:
    """Give the duplicate its account back, and the name that was its own."""
    moved = kept["user"]
    if moved is not None and Member.objects.filter(pk=pair.survivor_id, user=moved).exists():
        Member.objects.filter(pk=pair.survivor_id).update(user=None)
        Member.objects.filter(pk=pair.duplicate_id).update(user=moved)
    if kept["real_name"]:
        RealName.objects.filter(member_id=pair.survivor_id).delete()


def _users(pair: Pair) -> dict[int, int | None]:
    rows = Member.objects.filter(pk__in=[pair.survivor_id, pair.duplicate_id])
    return dict(rows.values_list("pk", "user_id"))


def _names(pair: Pair) -> dict[int, RealName]:
    rows = RealName.objects.filter(member_id__in=[pair.survivor_id, pair.duplicate_id])
    return {row.member_id: row for row in rows}
