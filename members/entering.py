"""From the first proof to a session: a second proof where one is due, then in.

Used by every way to sign in, on pages and headless; the session is here, the rules are in
the services.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest

from config.kernel import clock
from members import selectors, services, visits
from members.types import Proof, ProofKind, Risk, SignedIn

_BACKEND = "django.contrib.auth.backends.ModelBackend"
_PENDING = "sign_in_pending"
_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Somebody who gave a first proof, and owes a second."""

    user_id: int
    member_id: int | None
    by: str
    risk: Risk
    target: str


def enter(
    request: HttpRequest,
    *,
    signed_in: SignedIn,
    programme_id: int,
    target: str,
    both_proofs: bool = False,
    now: datetime,
) -> bool:
    """Sign in, or keep the first proof and return False: a second one is due.

    `both_proofs`: a passkey that asked for finger or face is two proofs at once.
    """
    visit = visits.of(request)
    weighed = services.weigh_sign_in(
        user_id=signed_in.user_id, programme_id=programme_id, visit=visit, now=now
    )
    pending = Pending(
        user_id=signed_in.user_id,
        member_id=signed_in.member_id,
        by=signed_in.by,
        risk=weighed,
        target=target,
    )
    if not both_proofs and _owes_second(pending):
        services.record_challenge(
            user_id=pending.user_id,
            member_id=pending.member_id,
            programme_id=programme_id,
            by=pending.by,
            weighed=weighed,
            visit=visit,
            now=now,
        )
        _keep(request, pending, now)
        return False
    admit(request, pending=pending, programme_id=programme_id, now=now)
    return True


def _owes_second(pending: Pending) -> bool:
    if services.has_second_proof(user_id=pending.user_id):
        return True
    return pending.risk.score >= settings.SIGN_IN_RISK_CHALLENGED


def proofs_of(pending: Pending) -> list[Proof]:
    """Return the second proofs that somebody who is half in can give."""
    return services.list_proofs(user_id=pending.user_id, besides=pending.by, with_picture=True)


def admit(
    request: HttpRequest,
    *,
    pending: Pending,
    programme_id: int,
    proved_by: ProofKind | None = None,
    now: datetime,
) -> None:
    """Start the session. Django gives it a new key: one planted before is worth nothing."""
    visit = visits.of(request)
    user = get_user_model().objects.get(pk=pending.user_id)
    request.session.pop(_PENDING, None)
    login(request, user, backend=_BACKEND)
    if proved_by is not None and proved_by is not ProofKind.PICTURE:
        services.mark_proved(
            session=request.session, user_id=pending.user_id, kind=proved_by, now=now
        )
    services.open_session(
        user_id=pending.user_id,
        session_key=str(request.session.session_key),
        visit=visit,
        now=now,
    )
    services.record_sign_in(
        user_id=pending.user_id,
        member_id=pending.member_id,
        programme_id=programme_id,
        by=pending.by,
        weighed=pending.risk,
        visit=visit,
        now=now,
    )


def step_up(request: HttpRequest, *, user_id: int, kind: ProofKind, now: datetime) -> None:
    """Remember a fresh second proof, under a new key: one known before opens nothing grave."""
    old_key = str(request.session.session_key)
    request.session.cycle_key()
    services.mark_proved(session=request.session, user_id=user_id, kind=kind, now=now)
    services.rename_session(old_key=old_key, new_key=str(request.session.session_key))


def _keep(request: HttpRequest, pending: Pending, now: datetime) -> None:
    request.session[_PENDING] = {
        "user": pending.user_id,
        "member": pending.member_id,
        "by": pending.by,
        "score": pending.risk.score,
        "reasons": list(pending.risk.reasons),
        "target": pending.target,
        "at": now.timestamp(),
    }


def find_pending(request: HttpRequest, *, now: datetime) -> Pending | None:
    """Return who is half in; a first proof is good for ten minutes."""
    kept: dict[str, Any] = request.session.get(_PENDING) or {}
    if not kept or now.timestamp() - kept["at"] > _SECONDS:
        return None
    return Pending(
        user_id=kept["user"],
        member_id=kept["member"],
        by=kept["by"],
        risk=Risk(score=kept["score"], reasons=tuple(kept["reasons"])),
        target=kept["target"],
    )


def record_app_sign_in(request: HttpRequest, *, user_id: int) -> None:
    """Keep a sign-in that came by the JSON API, whose session allauth has just started."""
    from members.views import pages

    now, visit = clock.now(), visits.of(request)
    programme_id = pages.shop().programme_id
    services.record_sign_in(
        user_id=user_id,
        member_id=selectors.find_by_user(user_id=user_id, programme_id=programme_id),
        programme_id=programme_id,
        by=str(request.session.pop("app_signed_in_by", "app")),
        weighed=services.weigh_sign_in(
            user_id=user_id, programme_id=programme_id, visit=visit, now=now
        ),
        visit=visit,
        now=now,
    )
