"""Who a user is: the member they are, and after a merge the member that became of it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from members.models import Member


def member_of(*, user_id: int, programme_id: int) -> Member | None:
    """Return the member a user is in a programme; a merged one's user is the survivor."""
    mine = Member.objects.filter(user_id=user_id, programme_id=programme_id)
    return Member.objects.filter(_is_or_became(mine), survivor_id__isnull=True).first()


def members_of(*, user_id: int) -> list[Member]:
    """Return the members a user is, one in each programme."""
    mine = Member.objects.filter(user_id=user_id)
    return list(Member.objects.filter(_is_or_became(mine), survivor_id__isnull=True).order_by("pk"))


def _is_or_became(mine: QuerySet[Member]) -> Q:
    rows = mine.filter(survivor_id__isnull=True).values("pk")
    merged = mine.filter(survivor_id__isnull=False).values("survivor_id")
    return Q(pk__in=rows) | Q(pk__in=merged)
