"""What an erasure does beyond columns: groups that lose their payer, seats that come free."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from config.kernel.personal import Person
from members.kinds import models
from members.kinds.services import grouping, holding
from members.kinds.types import EndWhy


@transaction.atomic
def let_go(person: Person, now: datetime) -> int:
    """Dissolve the groups a person pays for, and give back their seats in others'."""
    owned = models.Group.objects.select_for_update().filter(
        owner_id__in=person.member_ids, closed_at__isnull=True
    )
    groups = list(owned.order_by("pk"))
    grouping.close_groups([group.pk for group in groups], now=now)
    for group in groups:
        seats = models.Membership.objects.filter(group_id=group.pk, ended_at__isnull=True)
        holding.end_many(
            list(seats.values_list("member_id", flat=True)),
            programme_id=group.programme_id,
            kind=group.kind,
            why=EndWhy.DISSOLVED,
            actor="erasure",
            now=now,
        )
    held = models.Membership.objects.filter(
        member_id__in=person.member_ids, ended_at__isnull=True, group_id__isnull=False
    )
    for seat in held:
        models.Group.objects.filter(pk=seat.group_id or 0, taken__gt=0).update(taken=F("taken") - 1)
    held.update(ended_at=now, end_why=EndWhy.LEFT, ended_by="erasure")
    return len(groups)


def forget_invitations(*, now: datetime) -> int:
    """Delete invitations that ran out a month ago."""
    past = models.Invitation.objects.filter(expires_at__lt=now - timedelta(days=30))
    return past.delete()[0]
