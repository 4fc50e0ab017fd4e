"""Which stores a member of staff serves, and so whose members they see.

The grants are django-guardian's, on stores; members are found by their home store. Of a
merged member the survivor's store decides.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from members.models import Member
from members.programmes import selectors as programmes_selectors

SEE_ALL = "members.see_all_stores"


def visible_to(user: Any) -> QuerySet[Any] | None:
    """Return the ids of the members a user may see as a query; None for everybody.

    Whoever may not see the members of every store sees those of the stores they serve: of
    none when they serve none.
    """
    stores = bound_to(user)
    return None if stores is None else members_of_stores(stores)


def bound_to(user: Any) -> list[int] | None:
    """Return the stores whose members alone a user may see; None for everybody's."""
    if user.has_perm(SEE_ALL):
        return None
    # Asked several times for a page; what a user serves does not change within a request.
    known: list[int] | None = getattr(user, "_stores_served", None)
    if known is None:
        known = programmes_selectors.list_stores_served(user=user)
        user._stores_served = known
    return known


def members_of_stores(store_ids: Collection[int]) -> QuerySet[Any]:
    """Return the ids of the members at home in some stores."""
    home = Member.objects.filter(home_store_id__in=store_ids)
    alone = Q(survivor_id__isnull=True, home_store_id__in=store_ids)
    rows = Member.objects.filter(alone | Q(survivor_id__in=home.values("pk")))
    return rows.values_list("pk", flat=True)


def number_members(*, member_ids: Collection[int]) -> dict[int, str]:
    """Return the card numbers of members by id."""
    rows = Member.objects.filter(pk__in=set(member_ids))
    return dict(rows.values_list("pk", "member_no"))
