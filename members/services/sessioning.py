"""Browsers and apps that are signed in: kept with network and kind, each can be ended."""

from __future__ import annotations

from datetime import datetime

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as StoredSession

from config.kernel.sessions import SessionStore
from members.visits import Visit


def open_session(*, user_id: int, session_key: str, visit: Visit, now: datetime) -> None:
    """Write down that a browser is signed in."""
    UserSession.objects.update_or_create(
        session_key=session_key,
        defaults={
            "user_id": user_id,
            "ip": visit.ip or None,
            "user_agent": visit.agent,
            "created_at": now,
            "last_seen_at": now,
        },
    )


def rename_session(*, old_key: str, new_key: str) -> None:
    """Write down that a browser goes on under a new key."""
    UserSession.objects.filter(session_key=old_key).update(session_key=new_key)


def close_session(*, session_key: str) -> None:
    """Forget a browser that signed out."""
    UserSession.objects.filter(session_key=session_key).delete()


def end_session(*, user_id: int, session_id: int) -> bool:
    """Sign a browser out from afar; return False when there is no such one."""
    return _end(UserSession.objects.filter(user_id=user_id, pk=session_id)) > 0


def end_other_sessions(*, user_id: int, keep: str) -> int:
    """Sign out everywhere but here; return how many sessions ended."""
    return _end(UserSession.objects.filter(user_id=user_id).exclude(session_key=keep))


def _end(rows: object) -> int:
    found = list(rows)  # type: ignore[call-overload]
    for row in found:
        # The store's own way, which forgets the cached copy too.
        SessionStore().delete(row.session_key)
    return int(UserSession.objects.filter(pk__in=[row.pk for row in found]).delete()[0])


def forget_sessions() -> int:
    """Delete what is kept of sessions that have ended; return how many."""
    alive = StoredSession.objects.values("session_key")
    return int(UserSession.objects.exclude(session_key__in=alive).delete()[0])


def revoke_app(*, user_id: int, client_id: str) -> int:
    """Take back what a member allowed an app; its tokens end at once."""
    return int(Token.objects.filter(user_id=user_id, client_id=client_id).delete()[0])
