"""Weigh a sign-in, keep it with its reasons, and tell the member when it looks unlike them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.module_loading import import_string

from config.kernel import crypto, outbox
from members import risk, throttle
from members.events import MemberSignedIn, RiskySignIn
from members.models import SignInAttempt
from members.programmes import selectors as programmes_selectors
from members.types import Outcome, Risk
from members.visits import Visit

_LOOK_BACK = timedelta(days=180)
_MOST = 50
_FAILURES_KEPT = 3600
KEEP = timedelta(days=180)


def weigh_sign_in(*, user_id: int, programme_id: int, visit: Visit, now: datetime) -> Risk:
    """Return how risky a sign-in looks beside the user's earlier ones."""
    rows = SignInAttempt.objects.filter(
        user_id=user_id,
        outcome__in=[Outcome.PASSED, Outcome.TOLD],
        occurred_at__gt=now - _LOOK_BACK,
    ).order_by("-id")[:_MOST]
    before = [
        risk.Seen(
            device=_bytes(row.device),
            network=_bytes(row.network),
            place=_locate(row.ip or "") if number == 0 else None,
            at=row.occurred_at,
        )
        for number, row in enumerate(rows)
    ]
    current = risk.Seen(
        device=_device(visit), network=_network(visit), place=_locate(visit.ip), at=now
    )
    zone = programmes_selectors.get_programme(programme_id).zone
    failures = int(cache.get(_failures_key(user_id), 0))
    return risk.weigh(current=current, before=before, failures=failures, zone=zone)


@transaction.atomic
def record_sign_in(
    *,
    user_id: int,
    member_id: int | None,
    programme_id: int | None,
    by: str,
    weighed: Risk,
    visit: Visit,
    now: datetime,
) -> None:
    """Keep a sign-in that went through; tell the member when its risk is above the threshold."""
    told = weighed.score >= settings.SIGN_IN_RISK_TOLD
    attempt = _keep(
        user_id, member_id, programme_id, by, Outcome.TOLD if told else Outcome.PASSED,
        weighed, visit, now,
    )  # fmt: skip
    cache.delete(_failures_key(user_id))
    if member_id is None:
        return
    events: list[MemberSignedIn | RiskySignIn] = [
        MemberSignedIn(
            user_id=user_id, by=by, programme_id=programme_id, member_id=member_id, occurred_at=now
        )
    ]
    if told:
        events.append(
            RiskySignIn(
                reasons=list(weighed.reasons),
                score=weighed.score,
                attempt_id=attempt.pk,
                programme_id=programme_id,
                member_id=member_id,
                occurred_at=now,
            )
        )
    outbox.publish_all(events, now=now)


def record_challenge(
    *,
    user_id: int,
    member_id: int | None,
    programme_id: int | None,
    by: str,
    weighed: Risk,
    visit: Visit,
    now: datetime,
) -> None:
    """Keep a sign-in that must prove more before it goes through."""
    _keep(user_id, member_id, programme_id, by, Outcome.CHALLENGED, weighed, visit, now)


def record_failure(*, user_id: int) -> None:
    """Count a wrong password or proof: several of them make the next sign-in risky."""
    cache.add(_failures_key(user_id), 0, timeout=_FAILURES_KEPT)
    try:
        cache.incr(_failures_key(user_id))
    except ValueError:  # it ran out between the two calls
        cache.set(_failures_key(user_id), 1, timeout=_FAILURES_KEPT)


def _keep(
    user_id: int,
    member_id: int | None,
    programme_id: int | None,
    by: str,
    outcome: Outcome,
    weighed: Risk,
    visit: Visit,
    now: datetime,
) -> SignInAttempt:
    return SignInAttempt.objects.create(
        user_id=user_id,
        member_id=member_id,
        programme_id=programme_id,
        by=by,
        outcome=outcome,
        risk=weighed.score,
        reasons=list(weighed.reasons),
        device=_device(visit),
        network=_network(visit),
        ip=visit.ip or None,
        agent=visit.agent or None,
        occurred_at=now,
    )


def forget_attempts(*, before: datetime, limit: int = 10_000) -> int:
    """Delete sign-ins older than they are useful; return how many."""
    old = SignInAttempt.objects.filter(occurred_at__lt=before).values("pk")[:limit]
    return SignInAttempt.objects.filter(pk__in=old).delete()[0]


def _device(visit: Visit) -> bytes | None:
    return crypto.blind("attempt-device", visit.device) if visit.device else None


def _network(visit: Visit) -> bytes | None:
    if not visit.ip:
        return None
    return crypto.blind("attempt-network", throttle.network_of(visit.ip, wide=True))


def _bytes(value: bytes | None) -> bytes | None:
    return None if value is None else bytes(value)


def _failures_key(user_id: int) -> str:
    return f"sign-in:failures:{user_id}"


def _locate(ip: str) -> risk.Place | None:
    """Ask the locator that operators named where a network is; without one, nobody knows."""
    if not ip or not settings.SIGN_IN_LOCATOR:
        return None
    place: Sequence[float] | None = import_string(settings.SIGN_IN_LOCATOR)().locate(ip)
    return None if place is None else (place[0], place[1])
