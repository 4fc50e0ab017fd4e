"""Mall orders in a merge of members: they stay where they are and are read under both ids."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel.merging import Line, Pair, Part
from points.mall.models import Order


def part() -> Part:
    """Return the part that the mall registers."""
    return Part(
        slug="mall",
        order=50,
        title=gettext_lazy("Their mall orders"),
        words=lambda: {"mall_orders": _("Mall orders")},
        preview=_lines,
    )


def _lines(pair: Pair) -> Sequence[Line]:
    mine, theirs = (
        Order.objects.filter(member_id=member).count()
        for member in (pair.survivor_id, pair.duplicate_id)
    )
    if not mine and not theirs:
        return []
    total = str(mine + theirs)
    return [Line(what="mall_orders", survivor=str(mine), duplicate=str(theirs), result=total)]
