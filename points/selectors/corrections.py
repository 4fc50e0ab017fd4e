"""Who may correct how much by hand, and what has been corrected already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Max, Sum
from django.db.models.functions import Abs

from config.kernel import numerals
from config.kernel.models import AuditRecord
from points.models import Account, Entry
from points.models.accounting import AdjustmentLimit, AdjustmentReason
from points.types import POINTS, CorrectionReason, Kind

ADMINISTRATOR = "administrator"
API_CLIENTS = "api"
# What a limit counts: one operator's corrections of one member within a day.
WINDOW = timedelta(hours=24)


def list_reasons() -> list[CorrectionReason]:
    """Return the reasons in use, in their order."""
    rows = AdjustmentReason.objects.filter(in_use=True).order_by("id")
    return [
        CorrectionReason(code=row.code, name_zh=row.name_zh, name_en=row.name_en) for row in rows
    ]


def get_limit(*, actor: str, currency: str) -> int:
    """Return how much an actor (`staff:7`) may correct alone: the most any of its roles may."""
    role, _colon, key = actor.partition(":")
    staff_id = numerals.read(key)
    if role != "staff" or staff_id is None:
        return 0
    user = get_user_model()._default_manager.filter(pk=staff_id, is_active=True).first()
    if user is None:
        return 0
    roles = set(user.groups.values_list("name", flat=True))
    if user.is_superuser:
        roles.add(ADMINISTRATOR)
    rows = AdjustmentLimit.objects.filter(role__in=roles, currency=currency)
    return rows.aggregate(most=Max("points"))["most"] or 0


def get_client_limits(*, client: str, currencies: Iterable[str]) -> dict[str, int]:
    """Return what an API client (`client:abc`) may correct, for the currencies with a limit.

    A limit of its own goes before the one of all clients; without either there is none.
    """
    rows = AdjustmentLimit.objects.filter(
        role__in=[API_CLIENTS, client], currency__in=list(currencies)
    )
    found: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.role == client):
        found[row.currency] = row.points
    return found


def sum_corrected_by_client(
    *, client: str, member_ids: Iterable[int], now: datetime
) -> Counter[tuple[int, str]]:
    """Return how many points a client corrected within the last day, by member and currency.

    The entry names who stood behind the correction; the audit trail also names the client.
    """
    targets = {f"member:{member_id}": member_id for member_id in member_ids}
    rows = AuditRecord.objects.filter(
        target__in=list(targets), action="points.adjust", recorded_at__gt=now - WINDOW
    )
    used: Counter[tuple[int, str]] = Counter()
    for target, after in rows.values_list("target", "after"):
        if after is not None and after["by"] == client:
            used[targets[target], after.get("currency", POINTS)] += abs(after["points"])
    return used


def sum_corrected(
    *, actor: str, member_id: int, programme_id: int, currency: str, now: datetime
) -> int:
    """Return how many points an actor corrected on a member within the last day, up or down."""
    accounts = Account.objects.filter(
        member_id=member_id, programme_id=programme_id, currency=currency
    )
    rows = Entry.objects.filter(
        member_id=member_id,
        account_id__in=accounts.values("id"),
        actor=actor,
        rule__startswith="correction",
        recorded_at__gt=now - WINDOW,
    )
    return rows.aggregate(total=Sum(Abs("points")))["total"] or 0


def last_correction(*, member_id: int, programme_id: int, currency: str) -> int:
    """Return the id of the newest correction by hand of an account, 0 when there is none."""
    accounts = Account.objects.filter(
        member_id=member_id, programme_id=programme_id, currency=currency
    )
    rows = Entry.objects.filter(
        member_id=member_id, account_id__in=accounts.values("id"), kind=Kind.ADJUST
    )
    return rows.aggregate(last=Max("id"))["last"] or 0


def sum_reversed(*, member_id: int, entry_id: int) -> int:
    """Return how many points of an entry its reversals have settled."""
    rows = Entry.objects.filter(member_id=member_id, reverses=entry_id)
    return rows.aggregate(total=Sum("settles"))["total"] or 0


def has_corrected(*, member_id: int, key: str) -> bool:
    """Tell whether the form with this key has been carried out already."""
    return Entry.objects.filter(member_id=member_id, idem_key=f"console:{key}").exists()
