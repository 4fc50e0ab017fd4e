"""Other channels' ids of a member."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from config.kernel import outbox
from members import keys
from members.errors import IdentityTakenError, MemberNotFoundError
from members.events import IdentityAttached
from members.models import Identity as IdentityRow
from members.models import Member
from members.selectors import public_id


@transaction.atomic
def attach_identity(*, member_id: int, channel: str, external_id: str, now: datetime) -> bool:
    """Let a channel's id name this member; return whether that is new.

    Raises:
        MemberNotFoundError: there is no such member.
        IdentityTakenError: it names another member.
    """
    member = Member.objects.select_for_update().filter(pk=member_id).first()
    if member is None:
        raise MemberNotFoundError
    wanted = keys.external_key(channel, external_id)
    if not keys.claim(programme_id=member.programme_id, owners=[(wanted, member_id)]):
        owner = keys.find(programme_id=member.programme_id, keys=[wanted]).get(wanted)
        if owner != member_id:
            raise IdentityTakenError(owner_id=owner)
        return False
    IdentityRow.objects.bulk_create(
        [
            IdentityRow(
                member_id=member_id, channel=channel, external_id=external_id, recorded_at=now
            )
        ]
    )
    Member.objects.filter(pk=member_id).update(version=member.version + 1)
    outbox.publish(
        IdentityAttached(
            member=public_id(member_id),
            channel=channel,
            programme_id=member.programme_id,
            member_id=member_id,
            occurred_at=now,
        ),
        now=now,
    )
    return True
