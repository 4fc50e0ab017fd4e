"""The liability of points as tiles, charts and sentences."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from members.programmes.types import Programme
from points.admin import charts, showing
from points.selectors.reporting import HEALTHY, Liability

SHOWN_MONTHS = 24


def percent(value: Fraction | None) -> str:
    return "–" if value is None else f"{float(value) * 100:,.1f} %"


def tiles(found: Liability, programme: Programme) -> list[dict[str, str]]:
    low, high = HEALTHY
    burn = found.burn_rate
    healthy = burn is not None and low <= burn <= high
    state = "" if burn is None else (_("healthy") if healthy else _("outside 60–80 %"))
    return [
        {
            "name": _("Outstanding points"),
            "value": f"{found.points:,}",
            "says": _("All lots that are not used up, pending and set aside ones included."),
        },
        {
            "name": _("At cost"),
            "value": showing.money(found.cost, programme.currency),
            "says": _("Points of each brand times its cost per point on that day.")
            if found.cost_is_set
            else _("No cost is set: 100 points count as 100 minor units."),
        },
        {
            "name": _("Expected to be redeemed"),
            "value": showing.money(found.expected_cost, programme.currency),
            "says": _("Cost less the breakage forecast below."),
        },
        {
            "name": _("Burn rate, 12 months"),
            "value": percent(burn),
            "state": state,
            "tone": "good" if healthy else "warn",
            "says": _("Redeemed ÷ issued less taken back; healthy between 60 and 80 %."),
        },
        {
            "name": _("Breakage forecast"),
            "value": f"{found.expected_breakage:,}",
            "says": _("Points expected to expire unused, by the run-off of matured months."),
        },
        {
            "name": _("Owed by members"),
            "value": f"{found.owed:,}",
            "says": _("Points taken back after they were spent; the next earnings clear them."),
        },
    ]


def ageing_chart(found: Liability) -> charts.Chart:
    columns = [
        (
            showing.month_name(part.ends),
            showing.month_short(part.ends),
            (part.points - part.breakage, part.breakage),
        )
        for part in found.ageing
        if part.points > 0
    ]
    return charts.stacked(
        columns,
        title=_("Outstanding points by the month they end"),
        summary=_("%(points)s points over %(count)s months; %(breakage)s expected to expire.")
        % {
            "points": f"{found.points:,}",
            "count": len(columns),
            "breakage": f"{found.expected_breakage:,}",
        },
        series=(_("Expected to be redeemed"), _("Expected to expire")),
    )


def months_chart(found: Liability) -> charts.Chart:
    months = found.months[-SHOWN_MONTHS:]
    columns = [
        (
            showing.month_name(month.month),
            showing.month_short(month.month),
            (month.issued, month.redeemed, month.expired),
        )
        for month in months
    ]
    return charts.beside(
        columns,
        title=_("Issued, redeemed and expired by month"),
        summary=_("%(issued)s issued, %(redeemed)s redeemed, %(expired)s expired in this time.")
        % {
            "issued": f"{sum(m.issued for m in months):,}",
            "redeemed": f"{sum(m.redeemed for m in months):,}",
            "expired": f"{sum(m.expired for m in months):,}",
        },
        series=(_("Issued"), _("Redeemed"), _("Expired")),
    )


def learned(found: Liability) -> str:
    if not found.learned_from:
        return _("No month of expiry is over yet: everything is expected to be redeemed.")
    return _("Learned from %(count)s months of expiry that are over, %(first)s to %(last)s.") % {
        "count": len(found.learned_from),
        "first": showing.month_name(found.learned_from[0]),
        "last": showing.month_name(found.learned_from[-1]),
    }


def inflation(found: Liability) -> dict[str, Any] | None:
    if found.inflation is None:
        return None
    ratio = found.inflation.ratio
    return {
        "outside": found.inflation.outside,
        "value": "∞" if ratio is None else f"{float(ratio):,.2f}",
        "least": found.inflation.least,
        "most": found.inflation.most,
        "month": showing.month_name(found.inflation.last_month),
    }
