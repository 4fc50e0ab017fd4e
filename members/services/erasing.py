"""Erasure: asked for, thought over for fifteen days, and then done step by step.

What is done is written down after each step, so that a worker that dies leaves the rest to
the next one. The ledger keeps its amounts under a number that leads to nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from config.kernel import audit, outbox, personal
from config.kernel.personal import Person, Stake
from members import selectors
from members.errors import (
    ErasureBlockedError,
    ErasureNotFoundError,
    ErasurePendingError,
    MemberNotFoundError,
)
from members.events import ErasureCancelled, ErasureRequested, MemberErased
from members.models import Erasure, Member, MemberKey, User
from members.services import settling
from members.types import Status

log = logging.getLogger(__name__)

THINK_OVER = timedelta(days=15)
# What blocks is looked at again after this; a worker that is silent for so long is dead.
_LATER = timedelta(days=1)
_PATIENCE = timedelta(minutes=30)
_LAST = ("members.Member", "members.HistoricalMember", "members.User")


def preview_erasure(*, member_id: int, now: datetime) -> list[Stake]:
    """Return what an erasure would lose, and what must be settled before it."""
    return personal.list_stakes(_person(member_id), now=now)


@transaction.atomic
def request_erasure(*, member_id: int, actor: str, now: datetime) -> datetime:
    """Ask that a member be erased; return when it happens unless it is called off.

    Who calls this has asked for a fresh proof at the edge.

    Raises:
        MemberNotFoundError: there is no such member.
        ErasureBlockedError: money or orders are open.
        ErasurePendingError: it is asked for already.
    """
    # A merge under way is waited for; who became somebody else asks as them.
    settling.hold_member(member_id=member_id)
    member = _living(member_id)
    stakes = [stake for stake in preview_erasure(member_id=member_id, now=now) if stake.blocks]
    if stakes:
        raise ErasureBlockedError(stakes=stakes)
    asked = Erasure(member_id=member_id, actor=actor, requested_at=now, due_at=now + THINK_OVER)
    Erasure.objects.bulk_create([asked], ignore_conflicts=True)
    row = Erasure.objects.get(member_id=member_id, state__in=["waiting", "running", "done"])
    if row.requested_at != now:
        raise ErasurePendingError
    audit.record(
        actor=actor,
        action="members.erasure_requested",
        target=selectors.public_id(member_id),
        now=now,
    )
    outbox.publish(
        ErasureRequested(
            due_at=row.due_at,
            programme_id=member.programme_id,
            member_id=member_id,
            occurred_at=now,
        ),
        now=now,
    )
    return row.due_at


@transaction.atomic
def cancel_erasure(*, member_id: int, actor: str, now: datetime) -> None:
    """Keep a member who was to be erased.

    Raises:
        ErasureNotFoundError: nothing is waiting, or it has begun.
    """
    waiting = Erasure.objects.filter(member_id=member_id, state="waiting")
    if not waiting.update(state="cancelled", cancelled_at=now, problem=""):
        raise ErasureNotFoundError
    audit.record(
        actor=actor,
        action="members.erasure_cancelled",
        target=selectors.public_id(member_id),
        now=now,
    )
    member = Member.objects.get(pk=member_id)
    outbox.publish(
        ErasureCancelled(programme_id=member.programme_id, member_id=member_id, occurred_at=now),
        now=now,
    )


def erase_due(*, now: datetime) -> int:
    """Erase whose time has come, and go on with what was interrupted; return how many are done."""
    done = 0
    while row := _take(now):
        try:
            done += _run(row, now)
        except Exception:
            # The next run goes on with it, once it is taken for dead.
            log.exception("erasure %s was interrupted", row.pk)
    return done


@transaction.atomic
def _take(now: datetime) -> Erasure | None:
    """Take the next erasure and close the door behind the member; None when none is left."""
    lost = Q(state="running") & (Q(taken_at__isnull=True) | Q(taken_at__lt=now - _PATIENCE))
    rows = Erasure.objects.select_for_update(skip_locked=True).order_by("due_at", "pk")
    row = rows.filter(Q(state="waiting", due_at__lte=now) | lost).first()
    if row is None:
        return None
    mine = Erasure.objects.filter(member_id=row.member_id, pk=row.pk)
    if row.state == "running":
        mine.update(taken_at=now)
        return row
    person = _person(row.member_id)
    if any(stake.blocks for stake in personal.list_stakes(person, now=now)):
        mine.update(due_at=now + _LATER, problem="blocked")
        # Others may be due; this one is no longer.
        return _take(now)
    row.member_ids, row.user_ids = list(person.member_ids), list(person.user_ids)
    mine.update(
        state="running",
        problem="",
        started_at=now,
        taken_at=now,
        member_ids=row.member_ids,
        user_ids=row.user_ids,
    )
    # From here on the addresses are free, and nobody signs in.
    Member.objects.filter(pk=row.member_id).update(status=Status.ERASED)
    MemberKey.objects.filter(member_id__in=person.member_ids).delete()
    User.objects.filter(pk__in=person.user_ids).update(is_active=False)
    return row


def _run(row: Erasure, now: datetime) -> int:
    person = Person(member_ids=tuple(row.member_ids), user_ids=tuple(row.user_ids))
    mine = Erasure.objects.filter(member_id=row.member_id, pk=row.pk)
    done = dict(row.done)
    for slug, work in _works(person, now):
        if slug not in done:
            done[slug] = work()
            mine.update(done=done)
    _finish(row, now)
    return 1


def _works(person: Person, now: datetime) -> list[tuple[str, Callable[[], int]]]:
    """Return everything there is to do, in order: steps, tables, the member itself last."""
    models = sorted(personal.holdings(), key=lambda model: model._meta.label in _LAST)
    steps = [(s.slug, _bind(s.erase, person, now)) for s in personal.list_steps()]
    tables = [(m._meta.label, _bind(personal.wipe, m, person)) for m in models]
    return [*steps, *tables]


def _bind(work: Callable[..., int], *values: object) -> Callable[[], int]:
    return lambda: work(*values)


@transaction.atomic
def _finish(row: Erasure, now: datetime) -> None:
    """Write the certificate, and tell that the member is gone."""
    finished = Erasure.objects.filter(member_id=row.member_id, pk=row.pk, state="running")
    if not finished.update(state="done", done_at=now):
        return
    member = Member.objects.get(pk=row.member_id)
    public = selectors.public_id(row.member_id)
    audit.record(actor="system", action="members.erased", target=public, now=now)
    outbox.publish(
        MemberErased(
            member=public,
            programme_id=member.programme_id,
            member_id=row.member_id,
            occurred_at=now,
        ),
        now=now,
    )


def _living(member_id: int) -> Member:
    member = Member.objects.filter(pk=member_id).first()
    if member is None or member.status in (Status.MERGED, Status.ERASED):
        raise MemberNotFoundError("there is no such member")
    return member


def _person(member_id: int) -> Person:
    """Return a member with all ids, and the accounts that nobody else needs."""
    member_ids = selectors.ids_of(member_id)
    users = set(
        Member.objects.filter(
            pk__in=member_ids, user__isnull=False, user__is_staff=False
        ).values_list("user_id", flat=True)
    )
    needed = Member.objects.filter(user_id__in=users).exclude(pk__in=member_ids)
    needed = needed.exclude(status=Status.ERASED)
    users -= set(needed.values_list("user_id", flat=True))
    return Person(member_ids=tuple(member_ids), user_ids=tuple(sorted(u for u in users if u)))
