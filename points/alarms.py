"""What rings when the ledger is not proven, and what Prometheus reads of it."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kernel import alarms, gauges
from config.kernel.alarms import Alarm
from config.kernel.gauges import Gauge
from points import selectors


def register() -> None:
    """Hang the bell and offer the gauges."""
    alarms.register(alarms.Bell(slug="ledger", permission="points.view_proof", read=_read))
    for name, says, read in (
        ("changke_ledger_differences", "Differences the last proof found", _differences),
        ("changke_ledger_proof_age_seconds", "Seconds since the last proof began", _age),
        ("changke_ledger_proof_overdue", "1 when no proof has ended for 26 hours", _overdue),
    ):
        gauges.register(Gauge(name=name, says=says, read=read))


def _read(now: datetime) -> Alarm | None:
    standing = selectors.get_standing(now=now)
    if standing.differences:
        text = ngettext(
            "The ledger does not reconcile: %(count)s difference.",
            "The ledger does not reconcile: %(count)s differences.",
            standing.differences,
        ) % {"count": f"{standing.differences:,}"}
        return Alarm(text=text, url=reverse("admin:points_proof_change", args=[standing.proof_id]))
    if standing.overdue:
        text = _("The ledger has not been proven for 26 hours.")
        return Alarm(text=text, url=reverse("admin:points_proof_changelist"))
    return None


def _differences(now: datetime) -> float | None:
    return float(selectors.get_standing(now=now).differences)


def _age(now: datetime) -> float | None:
    proved = selectors.get_standing(now=now).proved_at
    return None if proved is None else (now - proved).total_seconds()


def _overdue(now: datetime) -> float | None:
    return float(selectors.get_standing(now=now).overdue)
