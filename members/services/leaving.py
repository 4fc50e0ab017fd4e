"""What an erasure does to an account besides emptying columns."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Q

from config.kernel.models import Delivery, OutboxEvent
from config.kernel.personal import Person
from config.kernel.sessions import SessionStore
from members import selectors
from members.events import CodeRequested
from members.models import SignInTicket, User


def end_sessions(person: Person, now: datetime) -> int:
    """Sign out every browser and app; the store forgets its cached copies too."""
    rows = list(UserSession.objects.filter(user_id__in=person.user_ids))
    for row in rows:
        SessionStore().delete(row.session_key)
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def forget_codes(person: Person, now: datetime) -> int:
    """Delete codes that were sent to the person's addresses, and the events that carry them.

    They name an address and nobody's number, so they are found by it: while it is known.
    """
    addresses = selectors.list_addresses(member_ids=person.member_ids, user_ids=person.user_ids)
    if not addresses:
        return 0
    tickets = SignInTicket.objects.filter(Q(address__in=addresses) | Q(user_id__in=person.user_ids))
    gone = tickets.delete()[0]
    sealed = OutboxEvent.objects.filter(
        name=CodeRequested.name, member_id__isnull=True, sealed__isnull=False
    )
    for event in sealed.iterator(500):
        if event.sealed.get("address") in addresses:
            _blank(event)
            gone += 1
    return gone


@transaction.atomic
def _blank(event: OutboxEvent) -> None:
    Delivery.objects.filter(event_id=event.pk, state__in=["waiting", "dead"]).update(
        state="dropped"
    )
    OutboxEvent.objects.filter(pk=event.pk).update(sealed=None, payload={})


def close_users(person: Person, now: datetime) -> int:
    """Let nobody sign in any more, by whatever is still there."""
    users = User.objects.filter(pk__in=person.user_ids)
    return users.update(is_active=False, phone_verified=False, password=UNUSABLE_PASSWORD_PREFIX)
