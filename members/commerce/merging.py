"""Orders in a merge of members: they stay where they are and are read under both ids."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel.merging import Line, Pair, Part
from members.commerce.models import Order


def part() -> Part:
    """Return the part that orders register."""
    return Part(
        slug="orders",
        order=40,
        title=gettext_lazy("Their orders"),
        words=lambda: {"orders": _("Orders")},
        preview=_lines,
    )


def _lines(pair: Pair) -> Sequence[Line]:
    mine, theirs = (
        Order.objects.filter(member_id=member).count()
        for member in (pair.survivor_id, pair.duplicate_id)
    )
    return [
        Line(what="orders", survivor=str(mine), duplicate=str(theirs), result=str(mine + theirs))
    ]
